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
  const toasts = useToasts();
  const test = useMutation({
    mutationFn: () => call(operations.webhooksTest, { id: target.id }),
    onSuccess: (answer) => (answer.delivered ? toasts.success(describe(answer)) : toasts.failure(new Error(describe(answer)))),
    onError: (error) => toasts.failure(error),
  });
  return (
    <Line
      label={target.name}
      title={
        <>
          <StatusDot tone={!target.active ? 'neutral' : target.dead > 0 ? 'error' : target.pending > 0 ? 'info' : 'success'} />
          {target.name}
          {!target.active && <Chip label="Paused" size="small" variant="outlined" />}
          {target.fromEnvironment && <Chip label="From configuration" size="small" variant="outlined" />}
        </>
      }
      detail={<code style={{ fontFamily: MONO }}>{target.url}</code>}
      facts={<Facts target={target} />}
      action={
        <>
          <Button size="small" color="inherit" loading={test.isPending} onClick={() => test.mutate()} aria-label={`Test ${target.name}`}>
            Test
          </Button>
          {!target.fromEnvironment && <TargetMenu target={target} onAsk={onAsk} />}
        </>
      }
    />
  );
}

const EVENT_WORDS: Readonly<Record<Webhook['events'][number], string>> = {
  'object.created': 'Created',
  'object.updated': 'Updated',
  'object.removed': 'Removed',
};

function Facts({ target: { events, bucket, prefix, pending, dead, lastDeliveredAt } }: { readonly target: Webhook }) {
  const what = events.length === 0 ? 'All changes' : events.map((event) => EVENT_WORDS[event]).join(', ');
  return (
    <>
      {what} in {bucket === null ? 'all buckets' : `${bucket}/${prefix}`}
      <br />
      {lastDeliveredAt === null ? (
        'Nothing delivered yet'
      ) : (
        <>
          Delivered <RelativeTime at={lastDeliveredAt} />
        </>
      )}
      {pending > 0 && `, ${formatNumber(pending)} waiting`}
      {dead > 0 && `, ${formatNumber(dead)} given up`}
    </>
  );
}

function describe({ status, reason, durationMs }: WebhookTest): string {
  const took = `${Math.round(durationMs)} ms`;
  return status === null ? `No answer: ${reason}` : `Answered ${status} after ${took}${reason === '' ? '' : `: ${reason}`}`;
}

function TargetMenu({ target, onAsk }: TargetLineProps) {
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
      <IconButton
        size="small"
        aria-label={`More for ${target.name}`}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <MoreIcon fontSize="small" />
      </IconButton>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={close} slotProps={{ list: { 'aria-label': `Actions for ${target.name}` } }}>
        <MenuItem onClick={ask('edit')}>Edit</MenuItem>
        <MenuItem
          onClick={() => {
            close();
            pause.mutate();
          }}
        >
          {target.active ? 'Pause' : 'Resume'}
        </MenuItem>
        <MenuItem onClick={ask('rotate')}>New signing key</MenuItem>
        <MenuItem onClick={ask('delete')} sx={{ color: 'error.main' }}>
          Delete
        </MenuItem>
      </Menu>
    </>
  );
}
