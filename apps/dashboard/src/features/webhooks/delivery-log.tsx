import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { Delivery, Webhook } from '@supastor/contract/wire/webhook';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Choice } from '../../ui/filter-fields.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { LinesSkeleton, Section } from '../../ui/section.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';
import { CLIPPED, FixedTable, NAME_CELL } from '../../ui/table-frame.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { deliveriesQuery, type DeliveryFilter, parseDeliveryFilter } from './webhook-queries.ts';

const TONES: Readonly<Record<Delivery['state'], Tone>> = { delivered: 'success', pending: 'info', dead: 'error' };
const WIDE = { display: { xs: 'none', md: 'table-cell' } } as const;

interface DeliveryLogProps {
  readonly targets: readonly Webhook[];
  readonly filter: DeliveryFilter;
  readonly onChange: (filter: DeliveryFilter) => void;
}

/** What became of each message of the last week, and sending it again. */
export function DeliveryLog({ targets, filter, onChange }: DeliveryLogProps) {
  const t = useMessages().webhooks;
  const log = useInfiniteQuery(deliveriesQuery(filter));
  const replay = useReplay();
  const deliveries = log.data?.pages.flatMap((page) => page.deliveries) ?? [];
  const set = (part: Readonly<Record<string, unknown>>) => onChange(parseDeliveryFilter({ ...filter, ...part }));
  const dead = targets.filter(({ id, dead: count }) => count > 0 && (filter.target === undefined || filter.target === id));
  return (
    <Section
      title={t.messages}
      action={dead.map(({ id, name, dead: count }) => (
        <Button key={id} size="small" color="inherit" disabled={replay.isPending} onClick={() => replay.mutate({ webhookId: id })}>
          {t.sendAll(formatNumber(count), name)}
        </Button>
      ))}
    >
      <Box sx={{ display: 'grid', gap: 3, mb: 4, gridTemplateColumns: { xs: '1fr 1fr', md: '240px 240px' } }}>
        <Choice
          label={t.target}
          all={t.allTargets}
          value={filter.target}
          options={targets.map(({ id, name }) => [id, name] as const)}
          onChange={(target) => set({ target })}
        />
        <Choice
          label={t.state}
          all={t.anyState}
          value={filter.state}
          options={Object.entries(t.states)}
          onChange={(state) => set({ state })}
        />
      </Box>
      {log.error && deliveries.length === 0 && <ErrorNotice error={log.error} onRetry={() => void log.refetch()} />}
      {log.isPending && <LinesSkeleton />}
      {log.data && deliveries.length === 0 && <Typography color="textSecondary">{t.noMessage}</Typography>}
      {deliveries.length > 0 && (
        <FixedTable label={t.messages}>
          <TableHead>
            <TableRow>
              <TableCell>{t.object}</TableCell>
              <TableCell sx={{ ...WIDE, width: 150 }}>{t.event}</TableCell>
              <TableCell sx={{ ...WIDE, width: 140 }}>{t.target}</TableCell>
              <TableCell sx={{ width: { xs: 112, md: 220 } }}>{t.state}</TableCell>
              <TableCell sx={{ ...WIDE, width: 120 }}>{t.when}</TableCell>
              <TableCell sx={{ width: { xs: 112, md: 128 } }} align="right" aria-label={t.action} />
            </TableRow>
          </TableHead>
          <TableBody>
            {deliveries.map((delivery) => (
              <DeliveryRow
                key={delivery.id}
                delivery={delivery}
                target={targets.find(({ id }) => id === delivery.webhookId)?.name ?? '–'}
                busy={replay.isPending}
                onReplay={() => replay.mutate({ ids: [delivery.id] })}
              />
            ))}
          </TableBody>
        </FixedTable>
      )}
      <MoreButton query={log}>{t.older}</MoreButton>
    </Section>
  );
}

function useReplay() {
  const t = useMessages().webhooks;
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (what: { ids: string[] } | { webhookId: string }) => call(operations.webhooksReplay, what),
    onSuccess: ({ replayed }) => toasts.success(replayed === 1 ? t.sentAgain : t.areSentAgain(formatNumber(replayed))),
    onError: (error) => toasts.failure(error),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: keys.anyDeliveries });
      await client.invalidateQueries({ queryKey: keys.webhooks });
    },
  });
}

interface DeliveryRowProps {
  readonly delivery: Delivery;
  readonly target: string;
  readonly busy: boolean;
  readonly onReplay: () => void;
}

function DeliveryRow({ delivery, target, busy, onReplay }: DeliveryRowProps) {
  const t = useMessages().webhooks;
  const { bucket, path, event, state, attempts, createdAt, lastError } = delivery;
  const name = `${bucket}/${path}`;
  return (
    <TableRow hover sx={{ height: 48 }}>
      <TableCell sx={NAME_CELL} title={name}>
        <Breakable text={name} />
      </TableCell>
      <TableCell sx={{ ...WIDE, ...CLIPPED, color: 'text.secondary' }}>{event}</TableCell>
      <TableCell sx={{ ...WIDE, ...CLIPPED, color: 'text.secondary' }}>{target}</TableCell>
      <TableCell sx={CLIPPED} title={lastError ?? undefined}>
        <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
          <StatusDot tone={TONES[state]} />
          {t.states[state]}
          {attempts > 1 && <span className="num">{t.attempts(attempts)}</span>}
        </Box>
        {lastError !== null && state !== 'delivered' && (
          <Typography variant="caption" component="div" color="textSecondary" noWrap>
            {lastError}
          </Typography>
        )}
      </TableCell>
      <TableCell sx={{ ...WIDE, color: 'text.secondary' }}>
        <RelativeTime at={createdAt} />
      </TableCell>
      <TableCell align="right">
        {state !== 'pending' && (
          <Button size="small" color="inherit" disabled={busy} onClick={onReplay} aria-label={t.sendAgain(name)}>
            {t.replay}
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}
