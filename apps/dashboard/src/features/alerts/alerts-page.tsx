import AlertsIcon from '@mui/icons-material/NotificationsNoneOutlined';
import MuiAlert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatDateTime } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { AlertLines } from './alert-lines.tsx';
import { alertRulesQuery, openAlertsQuery, resolvedAlertsQuery, silencesQuery } from './alert-queries.ts';

/** What is wrong, what is silenced, what is watched. */
export function AlertsPage() {
  const t = useMessages().monitoring.alerts;
  const open = useQuery(openAlertsQuery);
  const rules = useQuery(alertRulesQuery);
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        {open.data && open.data.channels.length > 0 && <TestButton />}
      </PageHeader>
      {open.data?.channels.length === 0 && (
        <MuiAlert severity="info" variant="outlined" sx={{ mb: 5 }}>
          {t.noChannels}
        </MuiAlert>
      )}
      {open.error && !open.data && <ErrorNotice error={open.error} onRetry={() => void open.refetch()} />}
      {open.isPending && <LinesSkeleton />}
      {open.data?.alerts.length === 0 && (
        <EmptyState icon={<AlertsIcon />} title={t.none} text={t.noneText(rules.data?.rules.length ?? 0)} />
      )}
      {open.data && open.data.alerts.length > 0 && (
        <Section title={t.active}>
          <AlertLines label={t.active} alerts={open.data.alerts} />
        </Section>
      )}
      <Silences />
      <Recent />
      <Rules />
    </>
  );
}

function TestButton() {
  const t = useMessages().monitoring.alerts;
  const toasts = useToasts();
  const test = useMutation({
    mutationFn: () => call(operations.alertsTest, {}),
    onSuccess: ({ results }) => {
      const failed = results.find(({ ok }) => !ok);
      if (failed) toasts.failure(new Error(t.testFailed(failed.channel, failed.error ?? '')));
      else toasts.success(t.testDone(results.map(({ channel }) => channel).join(', ')));
    },
    onError: (error) => toasts.failure(error),
  });
  return (
    <Button variant="outlined" color="inherit" loading={test.isPending} onClick={() => test.mutate()}>
      {t.test}
    </Button>
  );
}

function Silences() {
  const t = useMessages().monitoring.alerts;
  const { data } = useQuery(silencesQuery);
  const client = useQueryClient();
  const toasts = useToasts();
  const end = useMutation({
    mutationFn: (id: string) => call(operations.alertsUnsilence, { id }),
    onSuccess: () => toasts.success(t.endDone),
    onError: (error) => toasts.failure(error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.alerts }),
  });
  if (!data || data.silences.length === 0) return null;
  return (
    <Section title={t.silences}>
      <Lines label={t.silences}>
        {data.silences.map(({ id, rule, subject, reason, by, until }) => (
          <Line
            key={id}
            label={reason}
            title={[rule ?? t.everyRule, subject].filter((part) => part !== null).join(' · ')}
            detail={reason}
            facts={`${t.silencedUntil(formatDateTime(until))} · ${t.by(by)}`}
            action={
              <Button size="small" color="inherit" onClick={() => end.mutate(id)}>
                {t.end}
              </Button>
            }
          />
        ))}
      </Lines>
    </Section>
  );
}

function Recent() {
  const t = useMessages().monitoring.alerts;
  const { data } = useQuery(resolvedAlertsQuery);
  if (!data || data.alerts.length === 0) return null;
  return (
    <Section title={t.recent}>
      <AlertLines label={t.recent} alerts={data.alerts} />
    </Section>
  );
}

function Rules() {
  const t = useMessages().monitoring.alerts;
  const rules = useQuery(alertRulesQuery);
  return (
    <Section title={t.rules}>
      {rules.isPending && <Skeleton variant="rounded" height={320} />}
      {rules.error && !rules.data && <ErrorNotice error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && (
        <Paper variant="outlined" tabIndex={0} role="region" aria-label={t.rules} sx={{ borderRadius: 1.5, overflowX: 'auto' }}>
          <Table aria-label={t.rules} sx={{ minWidth: 720, '& tbody tr:last-of-type td': { borderBottom: 0 } }}>
            <TableHead>
              <TableRow>
                <TableCell>{t.rule}</TableCell>
                <TableCell>{t.condition}</TableCell>
                <TableCell>{t.advice}</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {rules.data.rules.map(({ rule, title, condition, advice }) => (
                <TableRow key={rule}>
                  <TableCell sx={{ fontWeight: 550 }}>{title}</TableCell>
                  <TableCell className="num">{condition}</TableCell>
                  <TableCell sx={{ color: 'text.secondary' }}>{advice}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Paper>
      )}
    </Section>
  );
}
