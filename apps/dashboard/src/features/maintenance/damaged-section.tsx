import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '../../format/bytes.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { damagedQuery } from './maintenance-queries.ts';

/** Versions whose bytes are not what was stored. */
export function DamagedSection() {
  const t = useMessages().maintenance;
  const damaged = useQuery(damagedQuery);
  return (
    <Section title={t.damaged}>
      {damaged.error && !damaged.data && <ErrorNotice error={damaged.error} onRetry={() => void damaged.refetch()} />}
      {damaged.isPending && <LinesSkeleton />}
      {damaged.data?.damaged.length === 0 && <Typography color="textSecondary">{t.noDamage}</Typography>}
      {damaged.data && damaged.data.damaged.length > 0 && (
        <Lines label={t.damaged}>
          {damaged.data.damaged.map(({ version, bucket, key, sizeBytes, reason, foundBy, foundAt }) => (
            <Line
              key={version}
              label={key ?? version}
              title={key === null ? version : `${bucket}/${key}`}
              detail={key === null ? t.noObject : version}
              facts={
                <>
                  {t.reasons[reason]}, {t.foundBy[foundBy]} <RelativeTime at={foundAt} />
                </>
              }
              action={<span className="num">{formatBytes(sizeBytes)}</span>}
            />
          ))}
        </Lines>
      )}
    </Section>
  );
}
