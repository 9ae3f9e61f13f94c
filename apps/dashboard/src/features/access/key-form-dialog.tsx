import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';

interface KeyFormDialogProps {
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

/** In days; empty: for ever. */
const LIFETIMES = ['7', '30', '90', '365', ''] as const;

/** Makes a key out of a name, some of one's own permissions and a lifetime. */
export function KeyFormDialog({ onClose, onCreated }: KeyFormDialogProps) {
  const t = useMessages().keys;
  const { common } = useMessages();
  const titleId = useId();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<ReadonlySet<string>>(new Set());
  const [days, setDays] = useState('90');
  const [asked, setAsked] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      call(operations.apiKeysCreate, {
        name: name.trim(),
        permissions: [...permissions],
        expiresInDays: days === '' ? null : Number(days),
      }),
    onSuccess: ({ secret }) => {
      onClose();
      onCreated(secret);
      void client.invalidateQueries({ queryKey: keys.apiKeys });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (name.trim() !== '' && permissions.size > 0) create.mutate();
  };
  return (
    <Dialog open onClose={create.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{t.newApiKey}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <TextField
            label={t.name}
            autoFocus
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={asked && name.trim() === ''}
            helperText={asked && name.trim() === '' ? t.nameMissing : t.nameHelp}
            sx={{ mt: 2 }}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          <PermissionChoice chosen={permissions} onChange={setPermissions} missing={asked && permissions.size === 0} />
          <TextField
            select
            label={t.worksFor}
            value={days}
            onChange={(event) => setDays(event.target.value)}
            slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          >
            {LIFETIMES.map((value) => (
              <MenuItem key={value} value={value}>
                {t.lifetimes[value === '' ? 'never' : value]}
              </MenuItem>
            ))}
          </TextField>
          {create.error && <ErrorNotice error={create.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={create.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={create.isPending}>
            {t.create}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface PermissionChoiceProps {
  readonly chosen: ReadonlySet<string>;
  readonly missing: boolean;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

function PermissionChoice({ chosen, missing, onChange }: PermissionChoiceProps) {
  const t = useMessages().keys;
  const helpId = useId();
  const held = useQuery(heldPermissionsQuery).data ?? [];
  const toggle = (permission: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(permission);
    else next.delete(permission);
    onChange(next);
  };
  return (
    <Box component="fieldset" aria-describedby={helpId} sx={{ m: 0, p: 0, border: 0, minWidth: 0 }}>
      <Box component="legend" sx={{ p: 0, fontSize: 13, fontWeight: 550 }}>
        {t.permissions}
      </Box>
      <FormHelperText id={helpId} error={missing} sx={{ mb: 2 }}>
        {missing ? t.nothing : t.permissionsHelp}
      </FormHelperText>
      <Box sx={{ display: 'grid', gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', sm: 'repeat(3, minmax(0, 1fr))' } }}>
        {held.map((permission) => (
          <FormControlLabel
            key={permission}
            label={permission}
            slotProps={{ typography: { variant: 'body2' } }}
            control={
              <Checkbox size="small" checked={chosen.has(permission)} onChange={(event) => toggle(permission, event.target.checked)} />
            }
          />
        ))}
      </Box>
    </Box>
  );
}
