import { PERMISSIONS } from '@supastor/contract/operations/all';
import { rolesCreate, rolesDelete, rolesList, rolesUpdate } from '@supastor/contract/operations/roles';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { requireIdentity } from './identity.ts';
import type { RoleAdmin } from './role-admin.ts';

type Context = OperationContext<{ readonly roleAdmin: RoleAdmin }>;

export const roleHandlers = {
  'roles.list': implement(rolesList, async (_, { deps }: Context) => ({
    roles: [...(await deps.roleAdmin.list())],
    permissions: [...PERMISSIONS],
  })),

  'roles.create': implement(rolesCreate, async (role, { deps, identity, emit, recordChange }: Context) => {
    const after = await deps.roleAdmin.create(requireIdentity(identity), role);
    recordChange({ after });
    emit('role.changed', { role: role.name });
    return after;
  }),

  'roles.update': implement(rolesUpdate, async (role, { deps, identity, emit, recordChange }: Context) => {
    const change = await deps.roleAdmin.update(requireIdentity(identity), role);
    recordChange(change);
    emit('role.changed', { role: role.name });
    return change.after;
  }),

  'roles.delete': implement(rolesDelete, async ({ name }, { deps, identity, emit, recordChange }: Context) => {
    recordChange({ before: await deps.roleAdmin.remove(requireIdentity(identity), name) });
    emit('role.changed', { role: name });
    return {};
  }),
};
