import MoreIcon from '@mui/icons-material/MoreHorizOutlined';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { Webhook, WebhookTest } from '@supastor/contract/wire/webhook';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Messages } from '../../messages/messages.ts';
import { MONO } from '../../ui/fonts.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line } from '../../ui/section.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { useToasts } from '../../ui/toast.tsx';

interface TargetLineProps {
  readonly target: Webhook;
  readonly onAsk: (kind: 'edit' | 'rotate' | 'delete') => void;
}

/** One target: where it goes, how it fares, and a test message. */
export function TargetLine({ target, onAsk }: TargetLineProps) {
  const t = useMessages().webhooks;
  const toasts = useToasts();
  const test = useMutation({
    mutationFn: () => call(operations.webhooksTest, { id: target.id }),
    onSuccess: (answer) => (answer.delivered ? toasts.success(describe(t, answer)) : toasts.failure(new Error(describe(t, answer)))),
    onError: (error) => toasts.failure(error),
  });
  return (
    <Line
      label={target.name}
      title={
        <>
          <StatusDot tone={!target.active ? 'neutral' : target.dead > 0 ? 'error' : target.pending > 0 ? 'info' : 'success'} />
          {target.name}
          {!target.active && <Chip label={t.paused} size="small" variant="outlined" />}
          {target.fromEnvironment && <Chip label={t.configured} size="small" variant="outlined" />}
        </>
      }
      detail={<code style={{ fontFamily: MONO }}>{target.url}</code>}
      facts={<Facts target={target} />}
      action={
        <>
          <Button size="small" color="inherit" loading={test.isPending} onClick={() => test.mutate()} aria-label={t.testIt(target.name)}>
            {t.test}
          </Button>
          {!target.fromEnvironment && <TargetMenu target={target} onAsk={onAsk} />}
        </>
      }
    />
  );
}

function Facts({ target: { events, bucket, prefix, pending, dead, lastDeliveredAt } }: { readonly target: Webhook }) {
  const t = useMessages().webhooks;
  const what = events.length === 0 ? t.allChanges : events.map((event) => t.events[event]).join(', ');
  return (
    <>
      {what} {t.in} {bucket === null ? t.everywhere : `${bucket}/${prefix}`}
      <br />
      {lastDeliveredAt === null ? (
        t.nothingYet
      ) : (
        <>
          {t.deliveredAt} <RelativeTime at={lastDeliveredAt} />
        </>
      )}
      {pending > 0 && t.waiting(formatNumber(pending))}
      {dead > 0 && t.givenUp(formatNumber(dead))}
    </>
  );
}

function describe(t: Messages['webhooks'], { status, reason, durationMs }: WebhookTest): string {
  const took = `${formatNumber(Math.round(durationMs))} ms`;
  return status === null ? t.noAnswer(reason) : `${t.answered(status, took)}${reason === '' ? '' : `: ${reason}`}`;
}

function TargetMenu({ target, onAsk }: TargetLineProps) {
  const t = useMessages().webhooks;
  const client = useQueryClient();
  const toasts = useToasts();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const pause = useMutation({
    mutationFn: () => call(operations.webhooksUpdate, { id: target.id, active: !target.active }),
    onError: (error) => toasts.failure(error),
    onSettled: () => client.invalidateQueries({ queryKey: keys.webhooks }),
  });
  const ask = (kind: Parameters<typeof onAsk>[0]) => () => {
    close();
    onAsk(kind);
  };
  return (
    <>
      <IconButton size="small" aria-label={t.moreFor(target.name)} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        <MoreIcon fontSize="small" />
      </IconButton>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={close} slotProps={{ list: { 'aria-label': t.actionsFor(target.name) } }}>
        <MenuItem onClick={ask('edit')}>{t.edit}</MenuItem>
        <MenuItem
          onClick={() => {
            close();
            pause.mutate();
          }}
        >
          {target.active ? t.pause : t.resume}
        </MenuItem>
        <MenuItem onClick={ask('rotate')}>{t.newKey}</MenuItem>
        <MenuItem onClick={ask('delete')} sx={{ color: 'error.main' }}>
          {t.remove}
        </MenuItem>
      </Menu>
    </>
  );
}
