import type { Role } from '@supastor/contract/operations/roles';
import type { User } from '@supastor/contract/operations/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

/** Asks before a role is deleted; the server refuses while somebody has it, and says who. */
export function DeleteRoleDialog({ role, onClose }: { readonly role: Role; readonly onClose: () => void }) {
  const t = useMessages().access.role;
  const client = useQueryClient();
  const toasts = useToasts();
  const remove = useMutation({
    mutationFn: () => call(operations.rolesDelete, { name: role.name }),
    onSuccess: () => {
      toasts.success(t.deleted(role.name));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.roles }),
  });
  return (
    <ConfirmDialog
      title={t.deleteTitle(role.name)}
      action={t.delete}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t.deleteText}
    </ConfirmDialog>
  );
}

/** Asks before somebody is forgotten: their grants, sessions and API keys go with them. */
export function RemoveUserDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const t = useMessages().access.user;
  const client = useQueryClient();
  const toasts = useToasts();
  const remove = useMutation({
    mutationFn: () => call(operations.usersRemove, { id: user.id }),
    onSuccess: async () => {
      toasts.success(t.removed(user.email));
      for (const queryKey of [keys.users, keys.sessions, keys.apiKeys]) await client.invalidateQueries({ queryKey });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t.removeTitle(user.email)}
      action={t.remove}
      typed={user.email}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t.removeText}
    </ConfirmDialog>
  );
}
