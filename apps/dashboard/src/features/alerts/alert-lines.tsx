import Button from '@mui/material/Button';
import type { Alert } from '@supastor/contract/wire/alert';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatDateTime } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, Lines } from '../../ui/section.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { Advice } from './advice.tsx';
import { alertRulesQuery } from './alert-queries.ts';
import { SilenceDialog } from './silence-dialog.tsx';

/** Alerts under each other, with what can be done about those that are open. */
export function AlertLines({ label, alerts }: { readonly label: string; readonly alerts: readonly Alert[] }) {
  const [silencing, setSilencing] = useState<Alert | null>(null);
  return (
    <>
      <Lines label={label}>
        {alerts.map((alert) => (
          <AlertLine key={alert.id} alert={alert} onSilence={() => setSilencing(alert)} />
        ))}
      </Lines>
      {silencing && <SilenceDialog rule={silencing.rule} subject={silencing.subject} onClose={() => setSilencing(null)} />}
    </>
  );
}

function AlertLine({ alert, onSilence }: { readonly alert: Alert; readonly onSilence: () => void }) {
  const t = useMessages().monitoring.alerts;
  const rules = useQuery(alertRulesQuery);
  const advice = rules.data?.rules.find(({ rule }) => rule === alert.rule)?.advice ?? '';
  const mayWrite = useQuery(heldPermissionsQuery).data?.includes('alerts:write') === true;
  return (
    <Line
      label={alert.summary}
      title={
        <>
          <StatusDot tone={toneOf(alert)} pulse={alert.state === 'firing'} />
          {alert.summary}
        </>
      }
      detail={<Advice text={advice} />}
      facts={
        <>
          {t.states[alert.state]} · {t.since} <RelativeTime at={alert.firedAt ?? alert.since} />
          {alert.acknowledgedBy !== null && ` · ${t.acknowledged(alert.acknowledgedBy)}`}
          {alert.silencedUntil !== null && ` · ${t.silencedUntil(formatDateTime(alert.silencedUntil))}`}
        </>
      }
      action={mayWrite && alert.state !== 'resolved' && <AlertActions alert={alert} onSilence={onSilence} />}
      actionBelow
    />
  );
}

function AlertActions({ alert, onSilence }: { readonly alert: Alert; readonly onSilence: () => void }) {
  const t = useMessages().monitoring.alerts;
  const client = useQueryClient();
  const toasts = useToasts();
  const acknowledge = useMutation({
    mutationFn: () => call(operations.alertsAcknowledge, { id: alert.id }),
    onSuccess: () => toasts.success(t.acknowledgeDone),
    onError: (error) => toasts.failure(error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.alerts }),
  });
  return (
    <>
      {alert.acknowledgedBy === null && (
        <Button size="small" color="inherit" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
          {t.acknowledge}
        </Button>
      )}
      {alert.silencedUntil === null && (
        <Button size="small" color="inherit" onClick={onSilence}>
          {t.silence}
        </Button>
      )}
    </>
  );
}

function toneOf({ state, severity }: Alert): Tone {
  if (state === 'resolved') return 'success';
  if (state === 'pending') return 'neutral';
  return severity === 'critical' ? 'error' : 'warning';
}
