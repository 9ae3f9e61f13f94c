import Box from '@mui/material/Box';
import AddIcon from '@mui/icons-material/PersonAddOutlined';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { User } from '@supastor/contract/operations/users';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { usersQuery } from './access-queries.ts';
import { GrantsDialog } from './grants-dialog.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { LinkDialog, type ShownLink } from './link-dialog.tsx';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { RemoveUserDialog } from './remove-dialogs.tsx';
import { DisableUserDialog, ResetFactorDialog, useEnableUser, useResetPassword } from './user-actions.tsx';

/** People: invited, given a new password, let in and kept out here. */
export function UsersSection() {
  const { access, people: t } = useMessages();
  const held = useQuery(heldPermissionsQuery);
  const mayRead = held.data?.includes('users:read') === true;
  const mayWrite = held.data?.includes('users:write') === true;
  const mayResetFactor = held.data?.includes('secondFactors:reset') === true;
  const users = useQuery({ ...usersQuery, enabled: mayRead });
  const [inviting, setInviting] = useState(false);
  const [disabling, setDisabling] = useState<User | null>(null);
  const [resetting, setResetting] = useState<User | null>(null);
  const [granting, setGranting] = useState<User | null>(null);
  const [removing, setRemoving] = useState<User | null>(null);
  const [link, setLink] = useState<ShownLink | null>(null);
  const reset = useResetPassword(setLink);
  const enable = useEnableUser();
  useCreateRequest('user', () => setInviting(true));
  if (held.data && !mayRead) return null;
  const invite = mayWrite && (
    <Button variant="contained" startIcon={<AddIcon />} onClick={() => setInviting(true)}>
      {t.invite}
    </Button>
  );
  return (
    <Section title={t.people} action={invite}>
      <QueryLines label={t.people} query={users}>
        {(user) => (
          <UserLine
            key={user.id}
            user={user}
            action={
              mayWrite && (
                <>
                  {!user.breakGlass && (
                    <Button size="small" color="inherit" aria-label={access.user.grantsOf(user.email)} onClick={() => setGranting(user)}>
                      {access.user.grants}
                    </Button>
                  )}
                  {user.state === 'disabled' ? (
                    <>
                      <Button size="small" color="inherit" onClick={() => enable.mutate(user)} aria-label={t.enableIt(user.email)}>
                        {t.enable}
                      </Button>
                      <Button size="small" color="error" aria-label={access.user.removeIt(user.email)} onClick={() => setRemoving(user)}>
                        {access.user.remove}
                      </Button>
                    </>
                  ) : (
                    <>
                      {!user.breakGlass && (
                        <Button size="small" color="inherit" onClick={() => reset.mutate(user)} aria-label={t.newLinkFor(user.email)}>
                          {t.newLink}
                        </Button>
                      )}
                      {mayResetFactor && user.secondFactor && (
                        <Button size="small" color="inherit" onClick={() => setResetting(user)} aria-label={t.resetFactorOf(user.email)}>
                          {t.resetFactor}
                        </Button>
                      )}
                      <Button size="small" color="error" onClick={() => setDisabling(user)} aria-label={t.disableIt(user.email)}>
                        {t.disable}
                      </Button>
                    </>
                  )}
                </>
              )
            }
          />
        )}
      </QueryLines>
      {granting && <GrantsDialog user={granting} onClose={() => setGranting(null)} />}
      {removing && <RemoveUserDialog user={removing} onClose={() => setRemoving(null)} />}
      {mayWrite && inviting && <InviteDialog onClose={() => setInviting(false)} onInvited={setLink} />}
      {disabling && <DisableUserDialog user={disabling} onClose={() => setDisabling(null)} />}
      {resetting && <ResetFactorDialog user={resetting} onClose={() => setResetting(null)} />}
      {link && <LinkDialog link={link} onClose={() => setLink(null)} />}
    </Section>
  );
}

function UserLine({ user, action }: { readonly user: User; readonly action: React.ReactNode }) {
  const t = useMessages().people;
  const { email, name, state, breakGlass, secondFactor, grants, lastLoginAt } = user;
  return (
    <Line
      label={email}
      title={
        <>
          <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
            {email}
          </Box>
          {state === 'invited' && <Chip label={t.invited} size="small" variant="outlined" />}
          {state === 'disabled' && <Chip label={t.isDisabled} size="small" color="warning" variant="outlined" />}
          {secondFactor && <Chip label="2FA" title={t.hasFactor} size="small" color="success" variant="outlined" />}
          {breakGlass && <Chip label={t.configured} title={t.configuredText} size="small" variant="outlined" sx={{ flex: 'none' }} />}
        </>
      }
      detail={[name, grants.map(describeGrant).join(', ') || t.noRole].filter(Boolean).join(' · ')}
      facts={
        lastLoginAt === null ? (
          t.neverSignedIn
        ) : (
          <>
            {t.signedIn} <RelativeTime at={lastLoginAt} />
          </>
        )
      }
      action={action}
      actionBelow
    />
  );
}

function describeGrant({ role, scope }: User['grants'][number]): string {
  const place = scope.bucket === undefined ? '' : ` on ${scope.bucket}${scope.prefix === undefined ? '' : `/${scope.prefix}`}`;
  return role + place + (scope.environment === undefined ? '' : ` in ${scope.environment}`);
}
