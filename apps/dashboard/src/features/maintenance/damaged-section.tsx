import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '../../format/bytes.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { damagedQuery } from './maintenance-queries.ts';

/** Versions whose bytes are not what was stored. */
export function DamagedSection() {
  const t = useMessages().maintenance;
  const damaged = useQuery(damagedQuery);
  return (
    <Section title={t.damaged}>
      <QueryLines label={t.damaged} query={damaged} none={<Typography color="textSecondary">{t.noDamage}</Typography>}>
        {({ version, bucket, key, sizeBytes, reason, foundBy, foundAt }) => (
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
        )}
      </QueryLines>
    </Section>
  );
}
