import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import { useMessages } from '../messages/locale-provider.tsx';
import { deviceName } from './device-name.ts';
import { RelativeTime } from './relative-time.tsx';
import { Line } from './section.tsx';

/** One open session with a way to end it, unless it is this one. */
export function SessionLine({ session, onEnd }: { readonly session: SessionEntry; readonly onEnd: () => void }) {
  const t = useMessages().common;
  const device = deviceName(session.device, t);
  return (
    <Line
      label={`${device}, ${session.ip}`}
      title={
        <>
          {device}
          {session.current && <Chip label={t.thisOne} size="small" color="primary" variant="outlined" />}
        </>
      }
      detail={`${session.email} · ${session.ip}`}
      facts={
        <>
          {t.lastSeen}
          <RelativeTime at={session.lastSeenAt} />
          {t.signedIn}
          <RelativeTime at={session.createdAt} />
          {t.ends}
          <RelativeTime at={session.expiresAt} />
        </>
      }
      action={
        !session.current && (
          <Button size="small" color="error" onClick={onEnd} aria-label={t.endSession(device, session.ip)}>
            {t.end}
          </Button>
        )
      }
    />
  );
}
