import Button from '@mui/material/Button';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { sessionsQuery } from './access-queries.ts';
import { deviceName } from '../../ui/device-name.ts';
import { QueryLines, Section } from '../../ui/section.tsx';
import { SessionLine } from '../../ui/session-line.tsx';

/** Open sessions, each with a way to end it. */
export function SessionsSection() {
  const t = useMessages().people;
  const sessions = useQuery(sessionsQuery);
  const [ending, setEnding] = useState<SessionEntry | 'others' | null>(null);
  return (
    <Section
      title={t.sessions}
      action={
        sessions.data !== undefined &&
        sessions.data.length > 1 && (
          <Button variant="outlined" color="inherit" onClick={() => setEnding('others')}>
            {t.endOthers}
          </Button>
        )
      }
    >
      <QueryLines label={t.sessions} query={sessions}>
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
  const t = useMessages().people;
  const client = useQueryClient();
  const toasts = useToasts();
  const end = useMutation({
    mutationFn: async (): Promise<number> => {
      if (ending === 'others') return (await call(operations.sessionsRevokeOthers, {})).revoked;
      await call(operations.sessionsRevoke, { id: ending.id });
      return 1;
    },
    onSuccess: (count) => {
      toasts.success(t.ended(count));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
  const others = ending === 'others';
  return (
    <ConfirmDialog
      title={others ? t.endOthersTitle : t.endTitle(deviceName(ending.device))}
      action={others ? t.endMany : t.endOne}
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      {others ? t.endOthersText : t.endText} {t.keysGoOn}
    </ConfirmDialog>
  );
}
