import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import type { S3KeyVerb } from '@supastor/contract/wire/s3-key';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';

interface S3KeyFormDialogProps {
  readonly onClose: () => void;
  readonly onCreated: (made: { readonly accessKeyId: string; readonly secretAccessKey: string }) => void;
}

const VERBS = ['list', 'read', 'write', 'delete', 'manage'] as const satisfies readonly S3KeyVerb[];

const partsOf = (text: string) => text.split(',').flatMap((part) => part.trim() || []);

/** Makes an S3 key out of a name, buckets, folders and verbs. */
export function S3KeyFormDialog({ onClose, onCreated }: S3KeyFormDialogProps) {
  const t = useMessages().keys;
  const { common } = useMessages();
  const titleId = useId();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [buckets, setBuckets] = useState('*');
  const [prefixes, setPrefixes] = useState('');
  const [verbs, setVerbs] = useState<readonly S3KeyVerb[]>(['list', 'read']);
  const [asked, setAsked] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      call(operations.s3KeysCreate, { name: name.trim(), buckets: partsOf(buckets), prefixes: partsOf(prefixes), verbs: [...verbs] }),
    onSuccess: ({ key: { accessKeyId }, secretAccessKey }) => {
      onClose();
      onCreated({ accessKeyId, secretAccessKey });
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.s3Keys }),
  });
  const missing = { name: asked && name.trim() === '', buckets: asked && partsOf(buckets).length === 0 };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (name.trim() !== '' && partsOf(buckets).length > 0 && verbs.length > 0) create.mutate();
  };
  const toggle = (verb: S3KeyVerb, on: boolean) => setVerbs(on ? [...verbs, verb] : verbs.filter((each) => each !== verb));
  return (
    <Dialog open onClose={create.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{t.newS3Key}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <TextField
            label={t.name}
            autoFocus
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={missing.name}
            helperText={missing.name ? t.nameMissing : t.s3NameHelp}
            sx={{ mt: 2 }}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          <TextField
            label={t.buckets}
            autoComplete="off"
            value={buckets}
            onChange={(event) => setBuckets(event.target.value)}
            error={missing.buckets}
            helperText={t.bucketsHelp}
          />
          <TextField
            label={t.folders}
            autoComplete="off"
            value={prefixes}
            onChange={(event) => setPrefixes(event.target.value)}
            helperText={t.foldersHelp}
          />
          <Box component="fieldset" sx={{ m: 0, p: 0, border: 0, minWidth: 0 }}>
            <Box component="legend" sx={{ p: 0, fontSize: 13, fontWeight: 550 }}>
              {t.may}
            </Box>
            {VERBS.map((verb) => (
              <FormControlLabel
                key={verb}
                label={t.verbs[verb]}
                slotProps={{ typography: { variant: 'body2' } }}
                control={<Checkbox size="small" checked={verbs.includes(verb)} onChange={(event) => toggle(verb, event.target.checked)} />}
              />
            ))}
          </Box>
          {create.error && <ErrorNotice error={create.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={create.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={create.isPending} disabled={verbs.length === 0}>
            {t.create}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
