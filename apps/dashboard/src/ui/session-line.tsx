import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import { deviceName } from './device-name.ts';
import { RelativeTime } from './relative-time.tsx';
import { Line } from './section.tsx';

/** One open session with a way to end it, unless it is this one. */
export function SessionLine({ session, onEnd }: { readonly session: SessionEntry; readonly onEnd: () => void }) {
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
