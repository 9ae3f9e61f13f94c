import type { ApiKey } from '@supastor/contract/operations/api-keys';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

interface KeyDialogProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
}

/** Ends a key for good. */
export function RevokeKeyDialog({ apiKey, onClose }: KeyDialogProps) {
  const t = useMessages().keys;
  const client = useQueryClient();
  const toasts = useToasts();
  const revoke = useMutation({
    mutationFn: () => call(operations.apiKeysRevoke, { id: apiKey.id }),
    onSuccess: () => {
      toasts.success(t.revoked(apiKey.name));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
  return (
    <ConfirmDialog
      title={t.revokeTitle(apiKey.name)}
      action={t.revokeKey}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      {t.revokeText}
    </ConfirmDialog>
  );
}

interface RotateKeyDialogProps extends KeyDialogProps {
  readonly onCreated: (secret: string) => void;
}

/** Makes a successor; the old key works for another day. */
export function RotateKeyDialog({ apiKey, onClose, onCreated }: RotateKeyDialogProps) {
  const t = useMessages().keys;
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => call(operations.apiKeysRotate, { id: apiKey.id }),
    onSuccess: ({ secret }) => {
      onClose();
      onCreated(secret);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
  return (
    <ConfirmDialog
      title={t.rotateTitle(apiKey.name)}
      action={t.rotateKey}
      busy={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      {t.rotateText}
    </ConfirmDialog>
  );
}
