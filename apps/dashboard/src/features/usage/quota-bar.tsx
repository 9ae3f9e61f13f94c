import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { Quota } from '@supastor/contract/wire/quota';
import { formatBytes } from '../../format/bytes.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';

/** A bar for each limit of a quota. */
export function QuotaBar({ quota }: { readonly quota: Quota }) {
  const t = useMessages().quotas;
  const { kind, subject, maxBytes, maxObjects, usedBytes, usedObjects } = quota;
  const name = kind === 'bucket' ? subject : t.ownerName(subject);
  if (maxBytes === null && maxObjects === null)
    return (
      <Typography variant="caption" color="textSecondary">
        {t.noLimit}
      </Typography>
    );
  return (
    <>
      {maxBytes !== null && (
        <Bar label={t.bytesOf(name)} used={usedBytes} limit={maxBytes} text={t.of(formatBytes(usedBytes), formatBytes(maxBytes))} />
      )}
      {maxObjects !== null && (
        <Bar
          label={t.objectsOf(name)}
          used={usedObjects}
          limit={maxObjects}
          text={t.ofObjects(formatNumber(usedObjects), formatNumber(maxObjects))}
        />
      )}
    </>
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
  const color = share >= NEARLY ? 'warning' : 'primary';
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(80px, 1fr) auto' },
        alignItems: 'center',
        columnGap: 3,
      }}
    >
      <LinearProgress
        variant="determinate"
        value={Math.min(100, share * 100)}
        color={share >= 1 ? 'error' : color}
        aria-label={label}
        sx={{ height: 8 }}
      />
      <Typography variant="caption" className="num" color="textSecondary" sx={{ minWidth: { xs: 0, sm: 180 }, textAlign: { sm: 'right' } }}>
        {text} · {formatNumber(share, { style: 'percent', maximumFractionDigits: 0 })}
      </Typography>
    </Box>
  );
}
