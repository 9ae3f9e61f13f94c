import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { PolicyPattern } from '@supastor/contract/operations/policies';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { patternsQuery } from './policy-queries.ts';

interface PatternDialogProps {
  /** Filled in to begin with. */
  readonly bucket: string;
  readonly onClose: () => void;
}

/** Makes the policies of a ready-made pattern. */
export function PatternDialog({ bucket, onClose }: PatternDialogProps) {
  const t = useMessages().policies;
  const { common } = useMessages();
  const titleId = useId();
  const client = useQueryClient();
  const toasts = useToasts();
  const patterns = useQuery(patternsQuery).data ?? [];
  const [id, setId] = useState('own-folder');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({ bucket });
  const pattern = patterns.find((each) => each.id === id);
  const create = useMutation({
    mutationFn: () => createAll(id, parametersOf(pattern, values)),
    onSuccess: (count) => {
      toasts.success(t.created(count));
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: keys.policies }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Dialog open onClose={create.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{t.fromPattern}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          <TextField
            select
            label={t.pattern}
            value={pattern ? id : ''}
            helperText={pattern?.summary ?? ' '}
            onChange={(event) => setId(event.target.value)}
            sx={{ mt: 2 }}
          >
            {patterns.map((each) => (
              <MenuItem key={each.id} value={each.id}>
                {each.title}
              </MenuItem>
            ))}
          </TextField>
          {pattern?.parameters.map(({ name, title, example, isList }) => (
            <TextField
              key={name}
              label={title}
              value={values[name] ?? ''}
              placeholder={example}
              helperText={isList ? t.several : undefined}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          ))}
          {create.error && <ErrorNotice error={create.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={create.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={create.isPending}>
            {t.createAll}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function parametersOf(pattern: PolicyPattern | undefined, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries((pattern?.parameters ?? []).map(({ name }) => [name, values[name] ?? '']));
}

/** All are planned before the first is made, so that a mistake makes none. */
async function createAll(pattern: string, parameters: Record<string, string>): Promise<number> {
  const { drafts } = await call(operations.policiesRender, { pattern, parameters });
  for (const draft of drafts) await call(operations.policiesPlan, { action: 'create', draft });
  for (const draft of drafts) await call(operations.policiesCreate, draft);
  return drafts.length;
}
