import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { Quota, QuotaKey } from '@supastor/contract/wire/quota';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { draftOf, readDraft } from './quota-draft.ts';
import { quotasQuery } from './quota-queries.ts';

interface QuotaDialogProps {
  readonly kind: QuotaKey['kind'];
  /** Null: asked for. */
  readonly subject: string | null;
  /** What is set now. */
  readonly quota: Quota | null;
  readonly onClose: () => void;
}

/** Sets how much a bucket or an owner may hold, or takes the limit away. */
export function QuotaDialog({ kind, subject, quota, onClose }: QuotaDialogProps) {
  const t = useMessages().quotas;
  const titleId = useId();
  const client = useQueryClient();
  const toasts = useToasts();
  const [typed, setTyped] = useState('');
  const [draft, setDraft] = useState(() => draftOf(quota));
  const [asked, setAsked] = useState(false);
  const read = readDraft(draft);
  const problem = asked && 'problem' in read ? read.problem : null;
  const who = subject ?? typed.trim();
  const done = async (text: string) => {
    toasts.success(text);
    await client.invalidateQueries(quotasQuery);
    onClose();
  };
  const set = useMutation({
    mutationFn: (limits: { readonly maxBytes: number | null; readonly maxObjects: number | null }) =>
      call(operations.quotasSet, { kind, subject: who, ...limits }),
    onSuccess: () => done(t.set(who)),
  });
  const remove = useMutation({
    mutationFn: () => call(operations.quotasRemove, { kind, subject: who }),
    onSuccess: () => done(t.removed(who)),
  });
  const isBusy = set.isPending || remove.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if ('limits' in read && who !== '') set.mutate(read.limits);
  };
  const error = set.error ?? remove.error;
  return (
    <Dialog open onClose={isBusy ? undefined : onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{subject === null ? t.titleOwner : t.title(subject)}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <Typography color="textSecondary">{t.about[kind]}</Typography>
          {subject === null && (
            <TextField
              label={t.owner}
              autoFocus
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              error={asked && who === ''}
              helperText={t.ownerHelp}
              slotProps={{ htmlInput: { spellCheck: false, maxLength: 200 } }}
            />
          )}
          <TextField
            label={t.bytes}
            autoFocus={subject !== null}
            autoComplete="off"
            value={draft.bytes}
            onChange={(event) => setDraft({ ...draft, bytes: event.target.value })}
            error={problem === 'bytes' || problem === 'empty'}
            helperText={problem === 'bytes' ? t.problems.bytes : problem === 'empty' ? t.problems.empty : t.bytesHelp}
          />
          <TextField
            label={t.objects}
            autoComplete="off"
            value={draft.objects}
            onChange={(event) => setDraft({ ...draft, objects: event.target.value })}
            error={problem === 'objects'}
            helperText={problem === 'objects' ? t.problems.objects : t.objectsHelp}
            slotProps={{ htmlInput: { inputMode: 'numeric', maxLength: 16 } }}
          />
          {error && <ErrorNotice error={error} />}
        </DialogContent>
        <DialogActions>
          {quota !== null && (
            <Button color="error" disabled={isBusy} onClick={() => remove.mutate()} sx={{ mr: 'auto' }}>
              {t.remove}
            </Button>
          )}
          <Button color="inherit" onClick={onClose} disabled={isBusy}>
            {t.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={set.isPending}>
            {t.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
