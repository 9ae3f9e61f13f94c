import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

/** What is to be revoked, for the server and in words. */
export interface Revocation {
  readonly input: { readonly ids?: string[]; readonly bucket?: string; readonly prefix?: string; readonly subject?: string };
  readonly what: string;
  readonly note: string;
}

interface RevokeDialogProps {
  readonly revocation: Revocation;
  readonly onClose: () => void;
}

/** Ends links for good. */
export function RevokeDialog({ revocation: { input, what, note }, onClose }: RevokeDialogProps) {
  const t = useMessages().links;
  const client = useQueryClient();
  const toasts = useToasts();
  const revoke = useMutation({
    mutationFn: () => call(operations.linksRevoke, input),
    onSuccess: ({ revoked }) => {
      toasts.success(t.revoked(formatNumber(revoked), revoked));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.anyLinks }),
  });
  return (
    <ConfirmDialog
      title={t.revokeTitle(what)}
      action={t.revoke}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      {t.revokeText(note)}
    </ConfirmDialog>
  );
}
