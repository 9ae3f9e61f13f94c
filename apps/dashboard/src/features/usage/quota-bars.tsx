import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { Quota } from '@supastor/contract/wire/quota';
import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '../../format/bytes.ts';
import { formatNumber } from '../../format/locale.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { quotaShare, quotasQuery } from './quota-queries.ts';

/** How full the quotas are, the fullest first; nothing where there are none. */
export function QuotaBars({ bucket }: { readonly bucket: string | undefined }) {
  const quotas = useQuery(quotasQuery);
  if (quotas.error) return <ErrorNotice error={quotas.error} onRetry={() => void quotas.refetch()} />;
  const shown = (quotas.data?.quotas ?? [])
    .filter((quota) => bucket === undefined || (quota.kind === 'bucket' && quota.subject === bucket))
    .toSorted((a, b) => quotaShare(b) - quotaShare(a));
  if (shown.length === 0) return null;
  return (
    <Section title="Quotas">
      <Lines label="Quotas">
        {shown.map((quota) => (
          <QuotaLine key={`${quota.kind}/${quota.subject}`} quota={quota} />
        ))}
      </Lines>
    </Section>
  );
}

function QuotaLine({ quota }: { readonly quota: Quota }) {
  const { kind, subject, maxBytes, maxObjects, usedBytes, usedObjects } = quota;
  const name = kind === 'bucket' ? subject : `Owner ${subject}`;
  return (
    <Box component="li" aria-label={name} sx={{ px: 4, py: 3, display: 'grid', gap: 2 }}>
      <Typography sx={{ fontSize: 13, fontWeight: 550, overflowWrap: 'anywhere' }}>{name}</Typography>
      {maxBytes !== null && (
        <Bar label={`Bytes of ${name}`} used={usedBytes} limit={maxBytes} text={`${formatBytes(usedBytes)} of ${formatBytes(maxBytes)}`} />
      )}
      {maxObjects !== null && (
        <Bar
          label={`Objects of ${name}`}
          used={usedObjects}
          limit={maxObjects}
          text={`${formatNumber(usedObjects)} of ${formatNumber(maxObjects)} objects`}
        />
      )}
      {maxBytes === null && maxObjects === null && (
        <Typography variant="caption" color="textSecondary">
          No limit
        </Typography>
      )}
    </Box>
  );
}

interface BarProps {
  readonly label: string;
  readonly used: number;
  readonly limit: number;
  readonly text: string;
}

const NEARLY = 0.9;

function Bar({ label, used, limit, text }: BarProps) {
  const share = limit === 0 ? 1 : used / limit;
  const color = share >= 1 ? 'error' : share >= NEARLY ? 'warning' : 'primary';
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, flexWrap: 'wrap' }}>
      <LinearProgress
        variant="determinate"
        value={Math.min(100, share * 100)}
        color={color}
        aria-label={label}
        sx={{ flex: '1 1 160px', height: 8 }}
      />
      <Typography variant="caption" className="num" color="textSecondary" sx={{ minWidth: 180, textAlign: 'right' }}>
        {text} · {Math.round(share * 100)} %
      </Typography>
    </Box>
  );
}
