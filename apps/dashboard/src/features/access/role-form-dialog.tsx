import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import type { Role } from '@supastor/contract/operations/roles';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { PermissionGrid } from './permission-grid.tsx';

interface RoleFormDialogProps {
  /** Null: a new one. */
  readonly before: Role | null;
  readonly onClose: () => void;
}

/** As the contract has it. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Makes a role out of permissions that one holds oneself, or changes one for everybody who has it. */
export function RoleFormDialog({ before, onClose }: RoleFormDialogProps) {
  const t = useMessages().access.role;
  const titleId = useId();
  const client = useQueryClient();
  const toasts = useToasts();
  const held = useQuery(heldPermissionsQuery).data ?? [];
  const [name, setName] = useState(before?.name ?? '');
  const [description, setDescription] = useState(before?.description ?? '');
  const [permissions, setPermissions] = useState<ReadonlySet<string>>(new Set(before?.permissions));
  const [asked, setAsked] = useState(false);
  const isNamed = NAME.test(name.trim());
  const save = useMutation({
    mutationFn: () => {
      const wanted = { name: name.trim(), description: description.trim(), permissions: [...permissions] };
      return before === null ? call(operations.rolesCreate, wanted) : call(operations.rolesUpdate, wanted);
    },
    onSuccess: async (saved) => {
      toasts.success(before === null ? t.created(saved.name) : t.saved(saved.name));
      for (const queryKey of [keys.roles, keys.users, keys.heldPermissions]) await client.invalidateQueries({ queryKey });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (isNamed && permissions.size > 0) save.mutate();
  };
  const nothing = asked && permissions.size === 0;
  return (
    <Dialog open onClose={save.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{before === null ? t.create : t.edit(before.name)}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <TextField
            label={t.name}
            autoFocus={before === null}
            autoComplete="off"
            disabled={before !== null}
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={asked && !isNamed}
            helperText={asked && !isNamed ? t.nameWrong : t.nameHelp}
            sx={{ mt: 2 }}
            slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 40 } }}
          />
          <TextField
            label={t.description}
            autoComplete="off"
            value={description}
            onChange={(event) => setDescription(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 300 } }}
          />
          <PermissionGrid
            legend={t.permissions}
            help={nothing ? t.nothing : t.permissionsHelp}
            isWrong={nothing}
            permissions={[...new Set([...held, ...permissions])]}
            chosen={permissions}
            onChange={setPermissions}
          />
          {save.error && <ErrorNotice error={save.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={save.isPending}>
            {t.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={save.isPending}>
            {before === null ? t.createIt : t.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
