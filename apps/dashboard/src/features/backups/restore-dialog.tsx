import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { BackupSummary } from '@supastor/contract/wire/backup';
import { useId } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CodeSnippet } from '../../ui/code-snippet.tsx';
import { nameOf } from './backup-line.tsx';

interface RestoreDialogProps {
  readonly backup: BackupSummary;
  readonly onClose: () => void;
}

/** How a backup is brought back: on the server, since this console is part of what is replaced. */
export function RestoreDialog({ backup, onClose }: RestoreDialogProps) {
  const t = useMessages().backups;
  const titleId = useId();
  const commands = ['supastor down', `supastor backups restore ${backup.id}`, 'supastor up'].join('\n');
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.restoreTitle(nameOf(backup))}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Typography color="textSecondary">{t.restoreText}</Typography>
        <CodeSnippet code={commands} label={t.restoreIt(nameOf(backup))} />
        <Typography color="textSecondary">{t.restoreElsewhere}</Typography>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {t.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
