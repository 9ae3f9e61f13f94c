import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { rolesQuery } from './access-queries.ts';
import type { ShownLink } from './link-dialog.tsx';

interface InviteDialogProps {
  readonly onClose: () => void;
  readonly onInvited: (link: ShownLink) => void;
}

/** Invites somebody with a role, for everything or for one bucket. */
export function InviteDialog({ onClose, onInvited }: InviteDialogProps) {
  const t = useMessages().people;
  const { common } = useMessages();
  const titleId = useId();
  const client = useQueryClient();
  const roles = useQuery(rolesQuery).data ?? [];
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const [bucket, setBucket] = useState('');
  const invite = useMutation({
    mutationFn: () =>
      call(operations.usersInvite, { email: email.trim(), name: name.trim(), role, scope: bucket === '' ? {} : { bucket } }),
    onSuccess: ({ user, link, mailed }) => {
      onClose();
      onInvited({ email: user.email, link, mailed });
      void client.invalidateQueries({ queryKey: keys.users });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Dialog open onClose={invite.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{t.inviteSomebody}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <TextField
            label={t.email}
            type="email"
            required
            autoFocus
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            sx={{ mt: 2 }}
            slotProps={{ inputLabel: { required: false } }}
          />
          <TextField label={t.name} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
          <TextField
            select
            label={t.role}
            value={role}
            onChange={(event) => setRole(event.target.value)}
            helperText={roles.find((candidate) => candidate.name === role)?.description ?? ' '}
          >
            {(roles.length === 0 ? [{ name: 'viewer' }] : roles).map((candidate) => (
              <MenuItem key={candidate.name} value={candidate.name}>
                {candidate.name}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            label={t.bucket}
            autoComplete="off"
            value={bucket}
            onChange={(event) => setBucket(event.target.value.trim())}
            helperText={t.bucketHelp}
          />
          {invite.error && <ErrorNotice error={invite.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={invite.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={invite.isPending}>
            {t.invite}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
