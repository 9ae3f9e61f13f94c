import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { removeAll, restoreAll } from '../object-queries.ts';
import { followJob } from '../transfer/started-jobs.ts';

/** Brings objects back at once; that can be taken back. */
export function useRestoreObjects(bucket: string) {
  const t = useMessages().deleted;
  const client = useQueryClient();
  const toasts = useToasts();
  const refresh = () => client.invalidateQueries({ queryKey: keys.objects(bucket) });
  const undo = useMutation({
    mutationFn: (paths: readonly string[]) => removeAll(bucket, paths),
    onSuccess: () => toasts.success(t.undone),
    onError: (error) => toasts.failure(error),
    onSettled: refresh,
  });
  return useMutation({
    mutationFn: (paths: readonly string[]) => restoreAll(bucket, paths),
    onSuccess: (_, paths) => toasts.success(t.restored(paths.length), { label: t.undo, run: () => undo.mutate(paths) }),
    onError: (error) => toasts.failure(error),
    onSettled: refresh,
  });
}

/** Brings everything below a folder back, as a job that the bucket's page follows. */
export function useRestoreFolder(bucket: string) {
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (folder: string) => call(operations.objectsRestoreFolder, { bucket, folder }),
    onSuccess: ({ id }) => followJob(client, bucket, { id, undo: null, undoHint: '' }),
    onError: (error) => toasts.failure(error),
  });
}
