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
import { ErrorNotice } from '../../ui/error-notice.tsx';

interface KeyFormDialogProps {
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

const LIFETIMES = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', '1 year'],
  ['', 'Does not expire'],
] as const;

/** Makes a key out of a name, some of one's own permissions and a lifetime. */
export function KeyFormDialog({ onClose, onCreated }: KeyFormDialogProps) {
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
        <DialogTitle id={titleId}>New API key</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <TextField
            label="Name"
            autoFocus
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={asked && name.trim() === ''}
            helperText={asked && name.trim() === '' ? 'Give it a name to know it by.' : 'Which program uses it, such as backup or CI.'}
            sx={{ mt: 2 }}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          <PermissionChoice chosen={permissions} onChange={setPermissions} missing={asked && permissions.size === 0} />
          <TextField
            select
            label="Works for"
            value={days}
            onChange={(event) => setDays(event.target.value)}
            slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          >
            {LIFETIMES.map(([value, text]) => (
              <MenuItem key={value} value={value}>
                {text}
              </MenuItem>
            ))}
          </TextField>
          {create.error && <ErrorNotice error={create.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={create.isPending}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" loading={create.isPending}>
            Create key
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
        Permissions
      </Box>
      <FormHelperText id={helpId} error={missing} sx={{ mb: 2 }}>
        {missing ? 'Choose at least one.' : 'A key can hold no more than you do.'}
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
