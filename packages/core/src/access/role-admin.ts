import { BUILT_IN_ROLES } from '@supastor/contract/access/roles';
import { SupastorError } from '@supastor/contract/errors';
import type { Role } from '@supastor/contract/operations/roles';
import { refuseMore } from './delegation.ts';
import type { Identity } from './identity.ts';
import type { PermissionsOf, UserDirectory } from './user-directory.ts';
import type { RoleStore, StoredRole } from './user.port.ts';

export interface RoleAdminOptions {
  readonly store: RoleStore;
  readonly directory: Pick<UserDirectory, 'forget'>;
  readonly permissionsOf: PermissionsOf;
  /** Every permission there is. */
  readonly permissions: readonly string[];
}

/** Roles: those of every installation, and own ones. */
export interface RoleAdmin {
  list(): Promise<readonly Role[]>;
  /** @throws SJ_CONFLICT, SJ_FORBIDDEN when the actor does not hold all of it, SJ_INPUT_INVALID for unknown permissions */
  create(actor: Identity, role: StoredRole): Promise<Role>;
  /** @throws SJ_NOT_FOUND, and as create */
  update(actor: Identity, role: StoredRole): Promise<{ readonly before: Role; readonly after: Role }>;
  /** @throws SJ_NOT_FOUND, SJ_CONFLICT while somebody has it */
  remove(actor: Identity, name: string): Promise<Role>;
}

export function createRoleAdmin({ store, directory, permissionsOf, permissions }: RoleAdminOptions): RoleAdmin {
  function check(actor: Identity, role: StoredRole): void {
    refuseBuiltIn(role.name);
    const unknown = role.permissions.filter((permission) => !permissions.includes(permission));
    if (unknown.length > 0) {
      throw new SupastorError('SJ_INPUT_INVALID', `There is no permission ${unknown.join(', ')}.`, {
        hint: 'GET /api/v1/roles lists them.',
        meta: { errors: unknown.map((name) => ({ path: 'permissions', message: `${name} is not a permission` })) },
      });
    }
    refuseMore(actor, { permissions: role.permissions, scope: {} }, 'A role');
  }

  async function required(name: string): Promise<StoredRole> {
    refuseBuiltIn(name);
    const role = await store.find(name);
    if (role) return role;
    throw new SupastorError('SJ_NOT_FOUND', `There is no role ${name}.`);
  }

  return {
    async list() {
      const builtIn = BUILT_IN_ROLES.map(({ name, description }) => ({
        name,
        description,
        permissions: [...permissionsOf(name)],
        builtIn: true,
      }));
      return [...builtIn, ...(await store.list()).map(toRole)];
    },
    async create(actor, role) {
      check(actor, role);
      if (!(await store.add(role, actor.email))) throw new SupastorError('SJ_CONFLICT', `There is a role ${role.name} already.`);
      return toRole(role);
    },
    async update(actor, role) {
      const before = await required(role.name);
      // Both: whoever cannot give the role as it is must not take from it either.
      refuseMore(actor, { permissions: before.permissions, scope: {} }, 'A role');
      check(actor, role);
      await store.update(role);
      directory.forget();
      return { before: toRole(before), after: toRole(role) };
    },
    async remove(actor, name) {
      const role = await required(name);
      refuseMore(actor, { permissions: role.permissions, scope: {} }, 'A role');
      const result = await store.remove(name);
      if (result === 'in-use') {
        throw new SupastorError('SJ_CONFLICT', `Somebody has the role ${name}.`, { hint: 'Take it from its users first.' });
      }
      return toRole(role);
    },
  };
}

function refuseBuiltIn(name: string): void {
  if (!BUILT_IN_ROLES.some((role) => role.name === name)) return;
  throw new SupastorError('SJ_CONFLICT', `The role ${name} is part of every installation and cannot be changed.`, {
    hint: 'Make a role with another name.',
  });
}

function toRole({ name, description, permissions }: StoredRole): Role {
  return { name, description, permissions: [...permissions], builtIn: false };
}
