import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { MetricsOverview } from '@supastor/contract/wire/metrics';
import { formatBytes } from '../../../format/bytes.ts';
import { formatNumber } from '../../../format/locale.ts';
import { formatDate } from '../../../format/time.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { Figure, WithOverview } from './figure.tsx';

const TIGHT = 0.9;

/** How full the disk is, and when it will be. */
export function DiskWidget() {
  const t = useMessages().home;
  return (
    <WithOverview>
      {({ disk }) => {
        const { totalBytes, freeBytes, forecast } = disk;
        if (totalBytes === null || freeBytes === null)
          return <Figure value="–" text={forecast.state === 'noDisk' ? t.noDisk : t.notMeasured} />;
        const used = totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes;
        return (
          <>
            <Figure
              value={formatNumber(used, { style: 'percent', maximumFractionDigits: 0 })}
              text={t.free(formatBytes(freeBytes), formatBytes(totalBytes))}
            />
            <LinearProgress
              variant="determinate"
              value={used * 100}
              color={used > TIGHT ? 'error' : 'primary'}
              aria-label={t.widgets.disk}
              sx={{ mt: 2 }}
            />
            <Typography variant="caption" color="textSecondary" sx={{ mt: 1 }} noWrap title={forecast.statement}>
              {outlook(forecast, t)}
            </Typography>
          </>
        );
      }}
    </WithOverview>
  );
}

function outlook({ state, fullAt }: MetricsOverview['disk']['forecast'], t: ReturnType<typeof useMessages>['home']): string {
  return state === 'growing' && fullAt !== null ? t.fullAt(formatDate(fullAt)) : t.forecast[state];
}
