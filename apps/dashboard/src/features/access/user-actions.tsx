import type { User } from '@supastor/contract/operations/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';
import type { ShownLink } from './link-dialog.tsx';

/** Makes a link to set a password with, and shows it. */
export function useResetPassword(onLink: (link: ShownLink) => void) {
  const toasts = useToasts();
  return useMutation({
    mutationFn: ({ id }: User) => call(operations.usersResetPassword, { id }),
    onSuccess: ({ link, mailed }, { email }) => onLink({ link, mailed, email }),
    onError: (error) => toasts.failure(error),
  });
}

/** Lets a disabled user in again. */
export function useEnableUser() {
  const t = useMessages().people;
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: ({ id }: User) => call(operations.usersEnable, { id }),
    onSuccess: ({ email }) => toasts.success(t.enabled(email)),
    onError: (error) => toasts.failure(error),
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
}

/** Takes the second factor from a user who has lost it. */
export function ResetFactorDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const t = useMessages().people;
  const client = useQueryClient();
  const toasts = useToasts();
  const reset = useMutation({
    mutationFn: () => call(operations.usersResetSecondFactor, { id: user.id }),
    onSuccess: () => {
      toasts.success(t.factorReset(user.email));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
  return (
    <ConfirmDialog
      title={t.resetTitle(user.email)}
      action={t.reset}
      busy={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate()}
      onClose={onClose}
    >
      {t.resetText}
    </ConfirmDialog>
  );
}

/** Keeps a user out until they are enabled again. */
export function DisableUserDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const t = useMessages().people;
  const client = useQueryClient();
  const toasts = useToasts();
  const disable = useMutation({
    mutationFn: () => call(operations.usersDisable, { id: user.id }),
    onSuccess: () => {
      toasts.success(t.disabled(user.email));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
  return (
    <ConfirmDialog
      title={t.disableTitle(user.email)}
      action={t.disableUser}
      busy={disable.isPending}
      error={disable.error}
      onConfirm={() => disable.mutate()}
      onClose={onClose}
    >
      {t.disableText}
    </ConfirmDialog>
  );
}
