import Typography from '@mui/material/Typography';
import { useMessages } from '../../../messages/locale-provider.tsx';

/** Says honestly that there is no backup to tell of, and what to do meanwhile. */
export function BackupWidget() {
  const t = useMessages().home;
  return (
    <>
      <Typography sx={{ fontWeight: 600, mt: 1 }}>{t.noBackup}</Typography>
      <Typography variant="caption" color="textSecondary">
        {t.noBackupText}
      </Typography>
    </>
  );
}
