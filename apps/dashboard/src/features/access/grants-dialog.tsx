import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { User } from '@supastor/contract/operations/users';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Line, Lines } from '../../ui/section.tsx';
import { rolesQuery, usersQuery } from './access-queries.ts';

/** The roles that somebody has, each for everything or for a place: given and taken here. */
export function GrantsDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const t = useMessages().access.user;
  const titleId = useId();
  const client = useQueryClient();
  const grants = useQuery(usersQuery).data?.find(({ id }) => id === user.id)?.grants ?? user.grants;
  const revoke = useMutation({
    mutationFn: (grantId: string) => call(operations.usersRevokeGrant, { id: user.id, grantId }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.grantsOf(user.email)}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {grants.length === 0 && <Typography color="textSecondary">{t.noGrants}</Typography>}
        {grants.length > 0 && (
          <Lines label={t.grantsOf(user.email)}>
            {grants.map(({ id, role, scope, grantedBy }) => {
              const place = placeOf(scope, t.everywhere);
              return (
                <Line
                  key={id}
                  label={`${role}, ${place}`}
                  title={role}
                  detail={place}
                  facts={t.grantedBy(grantedBy)}
                  action={
                    <Button
                      size="small"
                      color="error"
                      disabled={revoke.isPending}
                      aria-label={t.revokeIt(role, place)}
                      onClick={() => revoke.mutate(id)}
                    >
                      {t.revoke}
                    </Button>
                  }
                />
              );
            })}
          </Lines>
        )}
        {revoke.error && <ErrorNotice error={revoke.error} />}
        <GrantForm user={user} />
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {t.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function GrantForm({ user }: { readonly user: User }) {
  const t = useMessages().access.user;
  const client = useQueryClient();
  const roles = useQuery(rolesQuery).data ?? [];
  const [role, setRole] = useState('viewer');
  const [bucket, setBucket] = useState('');
  const [prefix, setPrefix] = useState('');
  const grant = useMutation({
    mutationFn: () => call(operations.usersGrant, { id: user.id, role, scope: scopeOf(bucket.trim(), prefix.trim()) }),
    onSuccess: () => {
      setBucket('');
      setPrefix('');
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    grant.mutate();
  };
  return (
    <form onSubmit={submit} noValidate aria-label={t.give}>
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(3, minmax(0, 1fr))' }, pt: 2 }}>
        <TextField select label={t.role} value={role} onChange={(event) => setRole(event.target.value)}>
          {(roles.length === 0 ? [{ name: 'viewer' }] : roles).map(({ name }) => (
            <MenuItem key={name} value={name}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <TextField label={t.bucket} autoComplete="off" value={bucket} onChange={(event) => setBucket(event.target.value)} />
        <TextField
          label={t.folder}
          autoComplete="off"
          disabled={bucket.trim() === ''}
          value={prefix}
          onChange={(event) => setPrefix(event.target.value)}
        />
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 4, mt: 3 }}>
        <Typography variant="caption" color="textSecondary" sx={{ flex: 1 }}>
          {t.scopeHelp}
        </Typography>
        <Button type="submit" variant="outlined" color="inherit" loading={grant.isPending}>
          {t.give}
        </Button>
      </Box>
      {grant.error && <ErrorNotice error={grant.error} />}
    </form>
  );
}

type Scope = User['grants'][number]['scope'];

/** A folder ends with a slash. */
function scopeOf(bucket: string, folder: string): Scope {
  if (bucket === '') return {};
  return folder === '' ? { bucket } : { bucket, prefix: folder.endsWith('/') ? folder : `${folder}/` };
}

function placeOf({ bucket, prefix, environment }: Scope, everywhere: string): string {
  const parts = [environment, bucket === undefined ? undefined : `${bucket}/${prefix ?? ''}`].filter((part) => part !== undefined);
  return parts.length === 0 ? everywhere : parts.join(' · ');
}
