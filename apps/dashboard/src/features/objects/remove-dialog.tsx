import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../../api/query-keys.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { removeAll } from './object-queries.ts';
import type { Row } from './rows.ts';

interface RemoveDialogProps {
  readonly bucket: string;
  readonly rows: readonly Row[];
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Asks once more, then deletes objects and whole folders. */
export function RemoveDialog({ bucket, rows, onClose, onRemoved }: RemoveDialogProps) {
  const client = useQueryClient();
  const toasts = useToasts();
  const folders = rows.filter((row) => row.kind === 'folder').map((row) => row.key);
  const objects = rows.filter((row) => row.kind === 'object').map((row) => row.key);
  const remove = useMutation({
    mutationFn: () => removeAll(bucket, objects, folders),
    onSuccess: (removed) => {
      toasts.success(`Deleted ${removed} ${removed === 1 ? 'object' : 'objects'}`);
      onRemoved();
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.objects(bucket) }),
  });
  return (
    <ConfirmDialog
      title={titleOf(rows)}
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {folders.length > 0 && 'Everything inside the folder goes with it. '}
      This cannot be undone; links to what is deleted stop working.
    </ConfirmDialog>
  );
}

function titleOf(rows: readonly Row[]): string {
  const [first] = rows;
  if (rows.length === 1 && first) return first.kind === 'folder' ? `Delete folder ${first.name}?` : `Delete ${first.name}?`;
  return `Delete ${rows.length} items?`;
}
