import type { BackupSummary } from '@supastor/contract/wire/backup';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { nameOf } from './backup-line.tsx';

interface RemoveBackupDialogProps {
  readonly backup: BackupSummary;
  readonly onClose: () => void;
}

/** Asks before a backup is removed. */
export function RemoveBackupDialog({ backup, onClose }: RemoveBackupDialogProps) {
  const t = useMessages().backups;
  const client = useQueryClient();
  const toasts = useToasts();
  const remove = useMutation({
    mutationFn: () => call(operations.backupsRemove, { id: backup.id }),
    onSuccess: ({ blobs }) => {
      toasts.success(t.removed(blobs, formatNumber(blobs)));
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: keys.backups }),
  });
  return (
    <ConfirmDialog
      title={t.removeTitle(nameOf(backup))}
      action={t.remove}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t.removeText}
    </ConfirmDialog>
  );
}
