import AddIcon from '@mui/icons-material/AddOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { Role } from '@supastor/contract/operations/roles';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { rolesQuery } from './access-queries.ts';
import { DeleteRoleDialog } from './remove-dialogs.tsx';
import { RoleFormDialog } from './role-form-dialog.tsx';

type Asked = { readonly kind: 'create' } | { readonly kind: 'edit' | 'delete'; readonly role: Role };

/** Roles and what they allow; nothing for whoever may not read them. */
export function RolesSection() {
  const t = useMessages().access;
  const held = useQuery(heldPermissionsQuery);
  const mayRead = held.data?.includes('roles:read') === true;
  const roles = useQuery({ ...rolesQuery, enabled: mayRead });
  const mayWrite = held.data?.includes('roles:write') === true;
  const [shown, setShown] = useState<Role | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  useCreateRequest('role', () => setAsked({ kind: 'create' }));
  if (held.data && !mayRead) return null;
  return (
    <Section
      title={t.roles}
      action={
        mayWrite && (
          <Button variant="outlined" color="inherit" startIcon={<AddIcon />} onClick={() => setAsked({ kind: 'create' })}>
            {t.role.create}
          </Button>
        )
      }
    >
      <QueryLines label={t.roles} query={roles}>
        {(role) => (
          <Line
            key={role.name}
            label={role.name}
            title={
              <>
                {role.name}
                {role.builtIn && <Chip label={t.builtIn} size="small" variant="outlined" />}
              </>
            }
            detail={role.description}
            facts={t.permissions(role.permissions.length)}
            action={
              <>
                <Button size="small" color="inherit" aria-label={t.show(role.name)} onClick={() => setShown(role)}>
                  {t.showIt}
                </Button>
                {mayWrite && !role.builtIn && (
                  <>
                    <Button
                      size="small"
                      color="inherit"
                      aria-label={t.role.edit(role.name)}
                      onClick={() => setAsked({ kind: 'edit', role })}
                    >
                      {t.role.editIt}
                    </Button>
                    <Button
                      size="small"
                      color="error"
                      aria-label={t.role.deleteIt(role.name)}
                      onClick={() => setAsked({ kind: 'delete', role })}
                    >
                      {t.role.delete}
                    </Button>
                  </>
                )}
              </>
            }
            actionBelow={!role.builtIn}
          />
        )}
      </QueryLines>
      {asked?.kind === 'create' && <RoleFormDialog before={null} onClose={close} />}
      {asked?.kind === 'edit' && <RoleFormDialog before={asked.role} onClose={close} />}
      {asked?.kind === 'delete' && <DeleteRoleDialog role={asked.role} onClose={close} />}
      {shown && <PermissionsDialog role={shown} onClose={() => setShown(null)} />}
    </Section>
  );
}

/** Permissions by what they are about: `buckets: delete, read, write`. */
function PermissionsDialog({ role, onClose }: { readonly role: Role; readonly onClose: () => void }) {
  const t = useMessages().access;
  const titleId = useId();
  const byResource = Map.groupBy(role.permissions.toSorted(), (permission) => permission.split(':')[0] ?? permission);
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.show(role.name)}</DialogTitle>
      <DialogContent>
        <Typography color="textSecondary" sx={{ mb: 4 }}>
          {role.description}
        </Typography>
        <Box
          component="dl"
          sx={{ m: 0, display: 'grid', gridTemplateColumns: 'minmax(96px, auto) minmax(0, 1fr)', gap: 2, fontFamily: MONO, fontSize: 12 }}
        >
          {[...byResource].map(([resource, permissions]) => (
            <Box key={resource} sx={{ display: 'contents' }}>
              <dt>{resource}</dt>
              <Box component="dd" sx={{ m: 0, color: 'text.secondary' }}>
                {permissions.map((permission) => permission.slice(resource.length + 1)).join(', ')}
              </Box>
            </Box>
          ))}
        </Box>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose} autoFocus>
          {t.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
