import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useId } from 'react';
import { useMessages } from '../messages/locale-provider.tsx';
import { CopyButton } from './copy-button.tsx';
import { MONO } from './fonts.ts';

interface SecretDialogProps {
  readonly title: string;
  /** Why it has to be copied now. */
  readonly note: string;
  readonly copyLabel: string;
  readonly secret: string;
  readonly onClose: () => void;
}

/** Shows a new secret, this once. Only its buttons close it. */
export function SecretDialog({ title, note, copyLabel, secret, onClose }: SecretDialogProps) {
  const t = useMessages().common;
  const titleId = useId();
  return (
    <Dialog open maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4 }}>
        <Alert severity="warning" variant="outlined">
          {note}
        </Alert>
        <TextField
          label={t.secret}
          value={secret}
          autoFocus
          onFocus={(event) => event.target.select()}
          sx={{ mt: 2 }}
          slotProps={{ htmlInput: { readOnly: true, spellCheck: false, style: { fontFamily: MONO, fontSize: 13 } } }}
        />
      </DialogContent>
      <DialogActions>
        <CopyButton text={secret} label={copyLabel} variant="outlined" />
        <Button variant="contained" onClick={onClose}>
          {t.kept}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
