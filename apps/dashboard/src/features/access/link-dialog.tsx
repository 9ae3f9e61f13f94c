import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useId } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { MONO } from '../../ui/fonts.ts';

export interface ShownLink {
  readonly email: string;
  readonly link: string;
  readonly mailed: boolean;
}

/** Shows a link to set a password with, this once. Only its buttons close it. */
export function LinkDialog({ link: { email, link, mailed }, onClose }: { readonly link: ShownLink; readonly onClose: () => void }) {
  const t = useMessages().people;
  const titleId = useId();
  return (
    <Dialog open maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.linkFor(email)}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4 }}>
        <Alert severity={mailed ? 'success' : 'warning'} variant="outlined">
          {mailed ? t.mailed : t.handOver} {t.linkText}
        </Alert>
        <TextField
          label={t.link}
          value={link}
          autoFocus
          onFocus={(event) => event.target.select()}
          sx={{ mt: 2 }}
          slotProps={{ htmlInput: { readOnly: true, spellCheck: false, style: { fontFamily: MONO, fontSize: 13 } } }}
        />
      </DialogContent>
      <DialogActions>
        <CopyButton text={link} label={t.copyLink} variant="outlined" />
        <Button variant="contained" onClick={onClose}>
          {t.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
