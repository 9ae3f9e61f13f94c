import Button from '@mui/material/Button';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { sessionsQuery } from './access-queries.ts';
import { deviceName } from '../../ui/device-name.ts';
import { QueryLines, Section } from '../../ui/section.tsx';
import { SessionLine } from '../../ui/session-line.tsx';

/** Open sessions, each with a way to end it. */
export function SessionsSection() {
  const sessions = useQuery(sessionsQuery);
  const [ending, setEnding] = useState<SessionEntry | 'others' | null>(null);
  return (
    <Section
      title="Sessions"
      action={
        sessions.data !== undefined &&
        sessions.data.length > 1 && (
          <Button variant="outlined" color="inherit" onClick={() => setEnding('others')}>
            End all others
          </Button>
        )
      }
    >
      <QueryLines label="Sessions" query={sessions}>
        {(session) => <SessionLine key={session.id} session={session} onEnd={() => setEnding(session)} />}
      </QueryLines>
      {ending && <EndSessionDialog ending={ending} onClose={() => setEnding(null)} />}
    </Section>
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
