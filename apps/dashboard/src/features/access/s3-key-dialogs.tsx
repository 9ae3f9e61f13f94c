import type { S3Key } from '@supastor/contract/wire/s3-key';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

interface S3KeyDialogProps {
  readonly s3Key: S3Key;
  readonly onClose: () => void;
}

/** Ends an S3 key for good. */
export function RevokeS3KeyDialog({ s3Key: { accessKeyId, name }, onClose }: S3KeyDialogProps) {
  const t = useMessages().keys;
  const client = useQueryClient();
  const toasts = useToasts();
  const revoke = useMutation({
    mutationFn: () => call(operations.s3KeysRevoke, { accessKeyId }),
    onSuccess: () => {
      toasts.success(t.revoked(name));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.s3Keys }),
  });
  return (
    <ConfirmDialog
      title={t.revokeTitle(name)}
      action={t.revokeKey}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      {t.revokeS3Text}
    </ConfirmDialog>
  );
}

interface RotateS3KeyDialogProps extends S3KeyDialogProps {
  readonly onCreated: (made: { readonly accessKeyId: string; readonly secretAccessKey: string }) => void;
}

/** Gives an S3 key a new secret; the old one works for another day. */
export function RotateS3KeyDialog({ s3Key: { accessKeyId, name }, onClose, onCreated }: RotateS3KeyDialogProps) {
  const t = useMessages().keys;
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => call(operations.s3KeysRotate, { accessKeyId }),
    onSuccess: ({ secretAccessKey }) => {
      onClose();
      onCreated({ accessKeyId, secretAccessKey });
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.s3Keys }),
  });
  return (
    <ConfirmDialog
      title={t.rotateTitle(name)}
      action={t.rotateKey}
      busy={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      {t.rotateS3Text}
    </ConfirmDialog>
  );
}
