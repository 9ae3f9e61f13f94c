import type { Scope } from '@supastor/contract/access/scope';
import { BUILT_IN_ROLES } from '@supastor/contract/access/roles';
import { SupastorError } from '@supastor/contract/errors';
import type { IdSource } from '../operations/ports.ts';
import type { AccountLinks, MadeLink } from './account-links.ts';
import { refuseMore, refuseStronger } from './delegation.ts';
import type { Identity } from './identity.ts';
import type { PermissionsOf, UserDirectory } from './user-directory.ts';
import type { GuardedChange, RoleStore, StoredUser, UserQuery, UserStore } from './user.port.ts';

export interface UserAdminOptions {
  readonly users: UserStore;
  readonly roles: Pick<RoleStore, 'find'>;
  readonly links: Pick<AccountLinks, 'create'>;
  readonly directory: Pick<UserDirectory, 'grantsOf' | 'forget'>;
  readonly permissionsOf: PermissionsOf;
  readonly ids: IdSource;
}

interface Assignment {
  readonly role: string;
  readonly scope: Scope;
}

/** What administrators do with users. Each of these throws SJ_NOT_FOUND for an unknown id and SJ_FORBIDDEN for a stronger user. */
export interface UserAdmin {
  list(query: UserQuery): Promise<readonly StoredUser[]>;
  get(id: string): Promise<StoredUser>;
  /** @throws SJ_CONFLICT when the address is taken */
  invite(actor: Identity, wanted: Assignment & Pick<StoredUser, 'email' | 'name'>): Promise<{ readonly user: StoredUser } & MadeLink>;
  /** @throws SJ_CONFLICT when the user is disabled, or has their password in the configuration */
  resetPassword(actor: Identity, id: string): Promise<MadeLink>;
  rename(actor: Identity, id: string, name: string): Promise<StoredUser>;
  /** @throws SJ_CONFLICT for the last owner */
  disable(actor: Identity, id: string): Promise<StoredUser>;
  enable(actor: Identity, id: string): Promise<StoredUser>;
  /** @throws SJ_CONFLICT for the last owner */
  remove(actor: Identity, id: string): Promise<StoredUser>;
  grant(actor: Identity, id: string, assignment: Assignment): Promise<StoredUser>;
  /** @throws SJ_CONFLICT for the last owner */
  revokeGrant(actor: Identity, id: string, grantId: string): Promise<StoredUser>;
}

export function createUserAdmin(options: UserAdminOptions): UserAdmin {
  const { users, roles, links, directory, ids } = options;

  async function get(id: string): Promise<StoredUser> {
    const user = await users.find(id);
    if (user) return user;
    throw notFound();
  }

  async function changeable(actor: Identity, id: string): Promise<StoredUser> {
    const user = await get(id);
    refuseStronger(actor, directory.grantsOf(user));
    return user;
  }

  /** The grant to be, if the role exists and the actor holds all of it. */
  async function newGrant(actor: Identity, { role, scope }: Assignment) {
    const builtIn = BUILT_IN_ROLES.some(({ name }) => name === role);
    const permissions = builtIn ? options.permissionsOf(role) : (await roles.find(role))?.permissions;
    if (!permissions) {
      throw new SupastorError('SJ_INPUT_INVALID', `There is no role ${role}.`, {
        hint: 'GET /api/v1/roles lists them.',
        meta: { errors: [{ path: 'role', message: 'is not a role' }] },
      });
    }
    refuseMore(actor, { permissions, scope }, `The role ${role}`);
    return { id: ids.next(), role, scope, grantedBy: actor.email };
  }

  async function changed(id: string, change: Promise<GuardedChange | boolean | void>): Promise<StoredUser> {
    refuseUnchanged(await change);
    directory.forget();
    return get(id);
  }

  return {
    list: (query) => users.list(query),
    get,
    async invite(actor, { email, name, ...assignment }) {
      const grant = await newGrant(actor, assignment);
      const user = {
        id: ids.next(),
        email: email.toLowerCase(),
        name,
        state: 'invited',
        breakGlass: false,
        createdBy: actor.email,
      } as const;
      if (!(await users.add(user, [grant]))) throw new SupastorError('SJ_CONFLICT', 'There is a user with this e-mail address.');
      const added = await get(user.id);
      return { user: added, ...(await links.create(added, actor.email)) };
    },
    async resetPassword(actor, id) {
      const user = await changeable(actor, id);
      if (user.breakGlass) throw passwordIsConfigured();
      if (user.state === 'disabled') throw new SupastorError('SJ_CONFLICT', 'The user is disabled.', { hint: 'Enable the user first.' });
      return links.create(user, actor.email);
    },
    async rename(actor, id, name) {
      await changeable(actor, id);
      return changed(id, users.rename(id, name));
    },
    async disable(actor, id) {
      await changeable(actor, id);
      return changed(id, users.setState(id, 'disabled'));
    },
    async enable(actor, id) {
      const user = await changeable(actor, id);
      if (user.state !== 'disabled') return user;
      return changed(id, users.setState(id, 'active'));
    },
    async remove(actor, id) {
      const user = await changeable(actor, id);
      if (user.breakGlass) {
        throw new SupastorError('SJ_CONFLICT', 'The administrator of the configuration cannot be removed.', { hint: 'Disable this user.' });
      }
      refuseUnchanged(await users.remove(id));
      directory.forget();
      return user;
    },
    async grant(actor, id, assignment) {
      await changeable(actor, id);
      const grant = await newGrant(actor, assignment);
      if (!(await users.addGrant(id, grant))) throw new SupastorError('SJ_CONFLICT', 'The user has this role for this scope already.');
      return changed(id, Promise.resolve());
    },
    async revokeGrant(actor, id, grantId) {
      await changeable(actor, id);
      return changed(id, users.removeGrant(id, grantId));
    },
  };
}

function refuseUnchanged(change: GuardedChange | boolean | void): void {
  if (change === 'missing') throw notFound();
  if (change !== 'last-owner') return;
  throw new SupastorError('SJ_CONFLICT', 'This is the last owner who can sign in, so nothing was changed.', {
    hint: 'Give somebody else the role owner first.',
  });
}

/** The same for everything that is not there. */
function notFound(): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', 'There is no such user or grant.');
}

export function passwordIsConfigured(): SupastorError {
  return new SupastorError('SJ_CONFLICT', 'The password of this user is set in the configuration.', {
    hint: 'Change SUPASTOR_ADMIN_PASSWORD in .env, then run `supastor up`.',
  });
}
