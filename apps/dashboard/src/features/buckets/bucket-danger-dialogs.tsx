import type { Bucket } from '@supastor/contract/operations/buckets';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

interface DangerDialogProps {
  readonly bucket: Bucket;
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

/** Deletes every object of a bucket, after its name has been typed. */
export function EmptyBucketDialog({ bucket, onClose, onDone }: DangerDialogProps) {
  const t = useMessages().buckets;
  const client = useQueryClient();
  const toasts = useToasts();
  const empty = useMutation({
    mutationFn: () => call(operations.bucketsEmpty, { bucket: bucket.id }),
    onSuccess: () => {
      toasts.success(t.emptied(bucket.id));
      onClose();
      onDone?.();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.objects(bucket.id) }),
  });
  return (
    <ConfirmDialog
      title={t.emptyTitle(bucket.id)}
      action={t.emptyIt}
      typed={bucket.id}
      busy={empty.isPending}
      error={empty.error}
      onConfirm={() => empty.mutate()}
      onClose={onClose}
    >
      {t.emptyText}
    </ConfirmDialog>
  );
}

/** Deletes a bucket, after its name has been typed. Storage refuses while objects are in it. */
export function DeleteBucketDialog({ bucket, onClose, onDone }: DangerDialogProps) {
  const t = useMessages().buckets;
  const client = useQueryClient();
  const toasts = useToasts();
  const remove = useMutation({
    mutationFn: () => call(operations.bucketsDelete, { bucket: bucket.id }),
    onSuccess: () => {
      toasts.success(t.deleted(bucket.id));
      onClose();
      onDone?.();
      client.removeQueries({ queryKey: keys.objects(bucket.id) });
      client.removeQueries({ queryKey: keys.bucket(bucket.id) });
      void client.invalidateQueries({ queryKey: keys.buckets });
    },
  });
  return (
    <ConfirmDialog
      title={t.deleteTitle(bucket.id)}
      action={t.deleteIt}
      typed={bucket.id}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t.deleteText}
    </ConfirmDialog>
  );
}
