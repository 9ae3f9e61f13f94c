import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { sessionsQuery } from './access-queries.ts';
import { deviceName } from './device-name.ts';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';

/** Open sessions, each with a way to end it. */
export function SessionsSection() {
  const sessions = useQuery(sessionsQuery);
  const [ending, setEnding] = useState<SessionEntry | 'others' | null>(null);
  const all = sessions.data ?? [];
  return (
    <Section
      title="Sessions"
      action={
        all.length > 1 && (
          <Button variant="outlined" color="inherit" onClick={() => setEnding('others')}>
            End all others
          </Button>
        )
      }
    >
      {sessions.error && !sessions.data && <ErrorNotice error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.isPending && <LinesSkeleton />}
      {all.length > 0 && (
        <Lines label="Sessions">
          {all.map((session) => (
            <SessionLine key={session.id} session={session} onEnd={() => setEnding(session)} />
          ))}
        </Lines>
      )}
      {ending && <EndSessionDialog ending={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

function SessionLine({ session, onEnd }: { readonly session: SessionEntry; readonly onEnd: () => void }) {
  const device = deviceName(session.device);
  return (
    <Line
      label={`${device}, ${session.ip}`}
      title={
        <>
          {device}
          {session.current && <Chip label="This one" size="small" color="primary" variant="outlined" />}
        </>
      }
      detail={`${session.email} · ${session.ip}`}
      facts={
        <>
          Last seen <RelativeTime at={session.lastSeenAt} />, signed in <RelativeTime at={session.createdAt} />, ends{' '}
          <RelativeTime at={session.expiresAt} />
        </>
      }
      action={
        !session.current && (
          <Button size="small" color="error" onClick={onEnd} aria-label={`End session on ${device} from ${session.ip}`}>
            End
          </Button>
        )
      }
    />
  );
}

interface EndSessionDialogProps {
  readonly ending: SessionEntry | 'others';
  readonly onClose: () => void;
}

function EndSessionDialog({ ending, onClose }: EndSessionDialogProps) {
  const client = useQueryClient();
  const toasts = useToasts();
  const end = useMutation({
    mutationFn: async (): Promise<number> => {
      if (ending === 'others') return (await call(operations.sessionsRevokeOthers, {})).revoked;
      await call(operations.sessionsRevoke, { id: ending.id });
      return 1;
    },
    onSuccess: (count) => {
      toasts.success(count === 1 ? 'Ended 1 session' : `Ended ${count} sessions`);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
  const others = ending === 'others';
  return (
    <ConfirmDialog
      title={others ? 'End all other sessions?' : `End the session on ${deviceName(ending.device)}?`}
      action={others ? 'End sessions' : 'End session'}
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      {others ? 'Everybody but you here has to sign in again.' : 'Whoever uses it has to sign in again.'} API keys go on working.
    </ConfirmDialog>
  );
}
