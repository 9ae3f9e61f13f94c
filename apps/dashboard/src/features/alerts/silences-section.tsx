import Button from '@mui/material/Button';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatDateTime } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { Line, Lines, Section } from '../../ui/section.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { silencesQuery } from './alert-queries.ts';

/** What is kept quiet, until when, why and by whom; nothing while everything may be told. */
export function SilencesSection() {
  const t = useMessages().monitoring.alerts;
  const { data } = useQuery(silencesQuery);
  const mayEnd = useQuery(heldPermissionsQuery).data?.includes('alerts:write') === true;
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
        {data.silences.map(({ id, rule, subject, reason, by, until }) => {
          const what = [rule ?? t.everyRule, subject].filter((part) => part !== null).join(' · ');
          return (
            <Line
              key={id}
              label={what}
              title={what}
              detail={reason}
              facts={`${t.silencedUntil(formatDateTime(until))} · ${t.by(by)}`}
              action={
                mayEnd && (
                  <Button size="small" color="inherit" aria-label={t.endIt(what)} onClick={() => end.mutate(id)}>
                    {t.end}
                  </Button>
                )
              }
            />
          );
        })}
      </Lines>
    </Section>
  );
}
