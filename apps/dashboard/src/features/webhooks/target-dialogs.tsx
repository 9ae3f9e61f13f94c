import type { Webhook } from '@supastor/contract/wire/webhook';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

interface TargetDialogProps {
  readonly target: Webhook;
  readonly onClose: () => void;
}

/** Forgets a target with what waits for it. */
export function DeleteTargetDialog({ target, onClose }: TargetDialogProps) {
  const t = useMessages().webhooks;
  const client = useQueryClient();
  const toasts = useToasts();
  const remove = useMutation({
    mutationFn: () => call(operations.webhooksDelete, { id: target.id }),
    onSuccess: () => {
      toasts.success(t.deleted(target.name));
      onClose();
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: keys.webhooks });
      await client.invalidateQueries({ queryKey: keys.anyDeliveries });
    },
  });
  return (
    <ConfirmDialog
      title={t.deleteTitle(target.name)}
      action={t.deleteIt}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {target.pending === 0 ? t.deleteText : t.deleteWaiting(formatNumber(target.pending))}
    </ConfirmDialog>
  );
}

interface RotateSecretDialogProps extends TargetDialogProps {
  readonly onRotated: (secret: string) => void;
}

/** Signs with a new key from now on. */
export function RotateSecretDialog({ target, onClose, onRotated }: RotateSecretDialogProps) {
  const t = useMessages().webhooks;
  const rotate = useMutation({
    mutationFn: () => call(operations.webhooksRotateSecret, { id: target.id }),
    onSuccess: ({ secret }) => {
      onClose();
      onRotated(secret);
    },
  });
  return (
    <ConfirmDialog
      title={t.newKeyTitle(target.name)}
      action={t.newKeyIt}
      busy={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      {t.newKeyText}
    </ConfirmDialog>
  );
}
