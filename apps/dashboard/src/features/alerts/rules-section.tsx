import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { AlertRuleName } from '@supastor/contract/wire/alert';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { Advice } from './advice.tsx';
import { alertRulesQuery } from './alert-queries.ts';
import { SilenceDialog } from './silence-dialog.tsx';

/** What is watched: when each rule fires, what to do then, and keeping it quiet ahead of planned work. */
export function RulesSection() {
  const t = useMessages().monitoring.alerts;
  const rules = useQuery(alertRulesQuery);
  const maySilence = useQuery(heldPermissionsQuery).data?.includes('alerts:write') === true;
  const [silencing, setSilencing] = useState<AlertRuleName | null>(null);
  return (
    <Section title={t.rules}>
      {rules.isPending && <Skeleton variant="rounded" height={320} />}
      {rules.error && !rules.data && <ErrorNotice error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && (
        <Lines label={t.rules}>
          {rules.data.rules.map(({ rule, title, severity, condition, advice }) => (
            <Box
              key={rule}
              component="li"
              aria-label={title}
              sx={{
                display: 'grid',
                gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 1.1fr) minmax(0, 1.5fr) auto' },
                columnGap: 4,
                rowGap: 1,
                alignItems: 'center',
                px: 5,
                py: 'var(--line-y)',
              }}
            >
              <Box sx={{ minWidth: 0 }}>
                <Typography component="div" sx={{ fontSize: 13, fontWeight: 550, display: 'flex', alignItems: 'baseline', gap: 2 }}>
                  <StatusDot tone={severity === 'critical' ? 'error' : 'warning'} label={t.severities[severity]} />
                  {title}
                </Typography>
                <Typography
                  variant="caption"
                  component="div"
                  color="textSecondary"
                  className="num"
                  sx={{ overflowWrap: 'anywhere', pl: 4 }}
                >
                  {condition}
                </Typography>
              </Box>
              <Typography variant="body2" color="textSecondary" sx={{ pl: { xs: 4, md: 0 } }}>
                <Advice text={advice} />
              </Typography>
              {maySilence && (
                <Button
                  size="small"
                  color="inherit"
                  aria-label={t.silenceIt(title)}
                  onClick={() => setSilencing(rule)}
                  sx={{ justifySelf: 'start', ml: { xs: 2, md: 0 } }}
                >
                  {t.silence}
                </Button>
              )}
            </Box>
          ))}
        </Lines>
      )}
      {silencing && <SilenceDialog rule={silencing} subject={null} onClose={() => setSilencing(null)} />}
    </Section>
  );
}
