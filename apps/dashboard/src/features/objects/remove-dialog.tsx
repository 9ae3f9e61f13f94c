import type { Bucket } from '@supastor/contract/operations/buckets';
import type { Job } from '@supastor/contract/operations/jobs';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMessages } from '../../messages/locale-provider.tsx';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import type { Messages } from '../../messages/messages.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { removeAll, restoreAll } from './object-queries.ts';
import type { Row } from './rows.ts';
import { followJob } from './transfer/started-jobs.ts';

interface RemoveDialogProps {
  readonly bucket: Bucket;
  readonly rows: readonly Row[];
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Asks once more, then deletes objects at once and folders as jobs. Where the bucket keeps versions, it can be undone. */
export function RemoveDialog({ bucket, rows, onClose, onRemoved }: RemoveDialogProps) {
  const { objects: t, common } = useMessages();
  const client = useQueryClient();
  const toasts = useToasts();
  const isKept = bucket.versioning_status === 'ENABLED';
  const folders = rows.filter((row) => row.kind === 'folder').map((row) => row.key);
  const objects = rows.filter((row) => row.kind === 'object').map((row) => row.key);
  const refresh = () => client.invalidateQueries({ queryKey: keys.objects(bucket.id) });
  const undo = useMutation({
    mutationFn: () => restoreAll(bucket.id, objects),
    onSuccess: () => toasts.success(t.restored(t.count(objects.length))),
    onError: (error) => toasts.failure(error),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: async () => {
      for (const folder of folders) await removeFolder(client, bucket.id, { folder, isKept, undoHint: t.keepsNone });
      return removeAll(bucket.id, objects);
    },
    onSuccess: (removed) => {
      if (objects.length > 0) {
        toasts.success(t.deleted(t.count(removed)), isKept ? { label: common.undo, run: () => undo.mutate() } : undefined);
      }
      onRemoved();
      onClose();
    },
    onSettled: refresh,
  });
  return (
    <ConfirmDialog
      title={titleOf(rows, t)}
      action={t.remove}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {folders.length > 0 && t.deleteInside}
      {isKept ? t.deleteKept : t.deleteLost}
    </ConfirmDialog>
  );
}

interface FolderRemoval {
  readonly folder: string;
  readonly isKept: boolean;
  /** Why it cannot be undone, where it cannot. */
  readonly undoHint: string;
}

async function removeFolder(client: QueryClient, bucket: string, { folder, isKept, undoHint }: FolderRemoval): Promise<void> {
  const job = await call(operations.objectsRemoveFolder, { bucket, folder });
  const undo = (): Promise<Job> => call(operations.objectsRestoreFolder, { bucket, folder, since: job.createdAt });
  followJob(client, bucket, { id: job.id, undo: isKept ? undo : null, undoHint });
}

function titleOf(rows: readonly Row[], t: Messages['objects']): string {
  const [first] = rows;
  if (rows.length === 1 && first) return first.kind === 'folder' ? t.deleteFolder(first.name) : t.deleteObject(first.name);
  return t.deleteMany(rows.length);
}
