import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useMessages } from '../messages/locale-provider.tsx';
import { ErrorNotice } from './error-notice.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly action: string;
  /** When given, this has to be typed before the button works. */
  readonly typed?: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. Mount it when it is needed: it opens at once. */
export function ConfirmDialog({ title, children, action, typed, busy, error, onConfirm, onClose }: ConfirmDialogProps) {
  const t = useMessages().common;
  const titleId = useId();
  const [text, setText] = useState('');
  const ready = typed === undefined || text === typed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy) onConfirm();
  };
  return (
    <Dialog open onClose={busy ? undefined : onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4, color: 'text.secondary' }}>
          <div>{children}</div>
          {typed !== undefined && (
            <TextField
              autoFocus
              autoComplete="off"
              label={t.typeToConfirm(typed)}
              value={text}
              onChange={(event) => setText(event.target.value)}
              sx={{ mt: 2 }}
              slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
            />
          )}
          {error != null && <ErrorNotice error={error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={busy} autoFocus={typed === undefined}>
            {t.cancel}
          </Button>
          <Button type="submit" variant="contained" color="error" disabled={!ready} loading={busy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
