import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '../../../format/bytes.ts';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { backupsQuery } from '../../../api/backups-query.ts';
import { RouteLink } from './recent-list.tsx';

/** The last moment that could be brought back; or that there is none, and what to do about it. */
export function BackupWidget() {
  const t = useMessages().backups;
  const { data, error } = useQuery(backupsQuery());
  if (!data) return error ? <Typography color="textSecondary">{error.message}</Typography> : null;
  const last = data.backups.find(({ state }) => state === 'complete');
  const damaged = data.backups.filter(({ state }) => state === 'damaged').length;
  return (
    <>
      <Typography sx={{ fontWeight: 600, mt: 1 }}>
        {last ? <RelativeTime at={last.cutAt} /> : data.destination === null ? t.unset : t.none}
      </Typography>
      <Typography variant="caption" color={damaged > 0 ? 'error' : 'textSecondary'} sx={{ flex: 1, minHeight: 0, overflow: 'hidden' }}>
        {damaged > 0 && `${t.damagedOnes(damaged)} · `}
        {last && t.last(formatNumber(last.objects ?? 0), formatBytes(last.bytes))}
        {!last && (data.destination === null ? t.unsetText : t.noneText)}
      </Typography>
      <Typography variant="caption">
        <RouteLink to="/backups">{t.all}</RouteLink>
      </Typography>
    </>
  );
}
