import Button from '@mui/material/Button';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { deviceName } from '../../ui/device-name.ts';
import { QueryLines, Section } from '../../ui/section.tsx';
import { SessionLine } from '../../ui/session-line.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { ownSessionsQuery } from './account-queries.ts';

/** Where one is signed in, with a way to sign out there. */
export function OwnSessionsSection() {
  const t = useMessages().account;
  const sessions = useQuery(ownSessionsQuery);
  const [ending, setEnding] = useState<SessionEntry | 'others' | null>(null);
  return (
    <Section
      title={t.sessions}
      action={
        sessions.data !== undefined &&
        sessions.data.length > 1 && (
          <Button variant="outlined" color="inherit" onClick={() => setEnding('others')}>
            {t.signOutOthers}
          </Button>
        )
      }
    >
      <QueryLines label={t.yourSessions} query={sessions}>
        {(session) => <SessionLine key={session.id} session={session} onEnd={() => setEnding(session)} />}
      </QueryLines>
      {ending && <SignOutThereDialog ending={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

interface SignOutThereDialogProps {
  readonly ending: SessionEntry | 'others';
  readonly onClose: () => void;
}

function SignOutThereDialog({ ending, onClose }: SignOutThereDialogProps) {
  const t = useMessages().account;
  const client = useQueryClient();
  const toasts = useToasts();
  const end = useMutation({
    mutationFn: (): Promise<unknown> =>
      ending === 'others' ? call(operations.accountRevokeOtherSessions, {}) : call(operations.accountRevokeSession, { id: ending.id }),
    onSuccess: () => {
      toasts.success(t.signedOut);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.ownSessions }),
  });
  return (
    <ConfirmDialog
      title={ending === 'others' ? t.signOutOthersTitle : t.signOutTitle(deviceName(ending.device))}
      action={t.signOut}
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      {t.signOutText}
    </ConfirmDialog>
  );
}
