import type { Webhook } from '@supastor/contract/wire/webhook';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

interface TargetDialogProps {
  readonly target: Webhook;
  readonly onClose: () => void;
}

/** Forgets a target with what waits for it. */
export function DeleteTargetDialog({ target, onClose }: TargetDialogProps) {
  const client = useQueryClient();
  const toasts = useToasts();
  const remove = useMutation({
    mutationFn: () => call(operations.webhooksDelete, { id: target.id }),
    onSuccess: () => {
      toasts.success(`Deleted ${target.name}`);
      onClose();
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: keys.webhooks });
      await client.invalidateQueries({ queryKey: keys.anyDeliveries });
    },
  });
  return (
    <ConfirmDialog
      title={`Delete ${target.name}?`}
      action="Delete target"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {target.pending === 0
        ? 'It is told nothing any more, and its log goes too.'
        : `${formatNumber(target.pending)} messages that wait for it are never sent, and its log goes too. To stop for a while, pause it.`}
    </ConfirmDialog>
  );
}

interface RotateSecretDialogProps extends TargetDialogProps {
  readonly onRotated: (secret: string) => void;
}

/** Signs with a new key from now on. */
export function RotateSecretDialog({ target, onClose, onRotated }: RotateSecretDialogProps) {
  const rotate = useMutation({
    mutationFn: () => call(operations.webhooksRotateSecret, { id: target.id }),
    onSuccess: ({ secret }) => {
      onClose();
      onRotated(secret);
    },
  });
  return (
    <ConfirmDialog
      title={`New signing key for ${target.name}?`}
      action="Make a new key"
      busy={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      Messages are signed with it within five seconds. A receiver that refuses them meanwhile gets them again later.
    </ConfirmDialog>
  );
}
