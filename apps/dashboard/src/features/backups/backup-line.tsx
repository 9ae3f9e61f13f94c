import Button from '@mui/material/Button';
import type { BackupSummary } from '@supastor/contract/wire/backup';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatNumber } from '../../format/locale.ts';
import { formatDateTime, formatDuration } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line } from '../../ui/section.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';
import { useToasts } from '../../ui/toast.tsx';

const TONES: Readonly<Record<BackupSummary['state'], Tone>> = { complete: 'success', unfinished: 'neutral', damaged: 'error' };

interface BackupLineProps {
  readonly backup: BackupSummary;
  readonly onAsk: (about: 'restore' | 'remove') => void;
}

/** One backup: the moment it brings back, what is in it, and what can be done with it. */
export function BackupLine({ backup, onAsk }: BackupLineProps) {
  const t = useMessages().backups;
  const name = nameOf(backup);
  const isComplete = backup.state === 'complete';
  return (
    <Line
      label={name}
      actionBelow
      title={
        <>
          {name}
          <StatusDot tone={TONES[backup.state]} />
          <span style={{ fontWeight: 400 }}>{t.states[backup.state]}</span>
        </>
      }
      detail={isComplete ? <RelativeTime at={backup.cutAt} /> : (backup.problem ?? t.unfinishedText)}
      facts={isComplete && <Facts backup={backup} />}
      action={
        <>
          {isComplete && <VerifyButton id={backup.id} name={name} />}
          {isComplete && (
            <Button size="small" color="inherit" aria-label={t.restoreIt(name)} onClick={() => onAsk('restore')}>
              {t.restore}
            </Button>
          )}
          {backup.state !== 'unfinished' && (
            <Button size="small" color="error" aria-label={t.removeIt(name)} onClick={() => onAsk('remove')}>
              {t.remove}
            </Button>
          )}
        </>
      }
    />
  );
}

/** The moment that a backup brings back, as people call it; its id when it has none. */
export function nameOf({ id, cutAt }: Pick<BackupSummary, 'id' | 'cutAt'>): string {
  return cutAt === null ? id : formatDateTime(cutAt);
}

function Facts({ backup: { objects, bytes, addedBytes, unavailable, durationSeconds } }: { readonly backup: BackupSummary }) {
  const t = useMessages().backups;
  const facts = [
    objects !== null && t.objects(objects, formatNumber(objects)),
    formatBytes(bytes),
    addedBytes !== null && t.added(formatBytes(addedBytes)),
    durationSeconds !== null && t.took(formatDuration(durationSeconds * 1000)),
    unavailable !== null && unavailable > 0 && t.lost(unavailable, formatNumber(unavailable)),
  ];
  return <span className="num">{facts.filter((fact) => fact !== false).join(' · ')}</span>;
}

function VerifyButton({ id, name }: { readonly id: string; readonly name: string }) {
  const t = useMessages().backups;
  const client = useQueryClient();
  const toasts = useToasts();
  const verify = useMutation({
    mutationFn: () => call(operations.backupsVerify, { id }),
    onSuccess: () => toasts.success(t.verifying),
    onError: (error) => toasts.failure(error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.jobs }),
  });
  return (
    <Button size="small" color="inherit" loading={verify.isPending} aria-label={t.verifyIt(name)} onClick={() => verify.mutate()}>
      {t.verify}
    </Button>
  );
}
