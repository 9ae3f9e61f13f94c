import {
  type User,
  usersDisable,
  usersEnable,
  usersGet,
  usersGrant,
  usersInvite,
  usersList,
  usersRemove,
  usersResetPassword,
  usersResetSecondFactor,
  usersRevokeGrant,
  usersUpdate,
} from '@supastor/contract/operations/users';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { isoOrNull } from '../operations/iso-time.ts';
import type { MadeLink } from './account-links.ts';
import { requireIdentity } from './identity.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { UserAdmin } from './user-admin.ts';
import type { StoredUser } from './user.port.ts';

type Context = OperationContext<{
  readonly userAdmin: UserAdmin;
  readonly secondFactors: Pick<SecondFactors, 'reset'>;
  readonly sessionRegistry: SessionRegistry;
}>;

export const userHandlers = {
  'users.list': implement(usersList, async (query, { deps }: Context) => ({ users: (await deps.userAdmin.list(query)).map(toUser) })),

  'users.get': implement(usersGet, async ({ id }, { deps }: Context) => toUser(await deps.userAdmin.get(id))),

  'users.invite': implement(usersInvite, async (wanted, { deps, identity, recordChange }: Context) => {
    const { user, ...link } = await deps.userAdmin.invite(requireIdentity(identity), wanted);
    recordChange({ after: toUser(user) });
    return { user: toUser(user), ...toLink(link) };
  }),

  'users.resetPassword': implement(usersResetPassword, async ({ id }, { deps, identity }: Context) =>
    toLink(await deps.userAdmin.resetPassword(requireIdentity(identity), id)),
  ),

  'users.resetSecondFactor': implement(usersResetSecondFactor, async ({ id }, context: Context) => {
    const { deps, identity, recordChange } = context;
    recordChange({ before: toUser(await deps.userAdmin.get(id)) });
    const after = toUser(await deps.secondFactors.reset(requireIdentity(identity), id));
    recordChange({ after });
    await endSessions(context, id);
    return after;
  }),

  'users.update': implement(usersUpdate, async ({ id, name }, context: Context) =>
    record(context, id, (admin, actor) => admin.rename(actor, id, name)),
  ),

  'users.disable': implement(usersDisable, async ({ id }, context: Context) => {
    const user = await record(context, id, (admin, actor) => admin.disable(actor, id));
    await endSessions(context, id);
    return user;
  }),

  'users.enable': implement(usersEnable, async ({ id }, context: Context) =>
    record(context, id, (admin, actor) => admin.enable(actor, id)),
  ),

  'users.remove': implement(usersRemove, async ({ id }, context: Context) => {
    const user = await context.deps.userAdmin.remove(requireIdentity(context.identity), id);
    context.recordChange({ before: toUser(user) });
    await endSessions(context, id);
    return {};
  }),

  'users.grant': implement(usersGrant, async ({ id, ...assignment }, context: Context) =>
    record(context, id, (admin, actor) => admin.grant(actor, id, assignment)),
  ),

  'users.revokeGrant': implement(usersRevokeGrant, async ({ id, grantId }, context: Context) =>
    record(context, id, (admin, actor) => admin.revokeGrant(actor, id, grantId)),
  ),
};

type Act = (admin: UserAdmin, actor: ReturnType<typeof requireIdentity>) => Promise<StoredUser>;

/** Changes a user, notes how they were before and after, and tells everybody who shows them. */
async function record({ deps, identity, emit, recordChange }: Context, id: string, act: Act): Promise<User> {
  recordChange({ before: toUser(await deps.userAdmin.get(id)) });
  const after = toUser(await act(deps.userAdmin, requireIdentity(identity)));
  recordChange({ after });
  emit('user.changed', { userId: id });
  return after;
}

async function endSessions({ deps, emit }: Context, userId: string): Promise<void> {
  const ended = await deps.sessionRegistry.revokeOfUser(userId, null);
  for (const { id, email } of ended) emit('session.ended', { sessionId: id, email });
  emit('user.changed', { userId });
}

function toUser({ createdAtMs, lastLoginAtMs, grants, ...same }: StoredUser): User {
  return {
    ...same,
    createdAt: new Date(createdAtMs).toISOString(),
    lastLoginAt: isoOrNull(lastLoginAtMs),
    grants: grants.map(({ grantedAtMs, customPermissions: _permissions, ...grant }) => ({
      ...grant,
      grantedAt: new Date(grantedAtMs).toISOString(),
    })),
  };
}

function toLink({ link, mailed, expiresAtMs }: MadeLink) {
  return { link, mailed, expiresAt: new Date(expiresAtMs).toISOString() };
}
