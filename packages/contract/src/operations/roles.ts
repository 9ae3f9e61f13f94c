import { z } from 'zod';
import { permissionNameSchema } from '../access/permission.ts';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';
import { roleNameSchema } from './users.ts';

export const roleSchema = z.object({
  name: z.string(),
  description: z.string(),
  permissions: z.array(z.string()),
  /** Part of every installation, and not to be changed. */
  builtIn: z.boolean(),
});
export type Role = z.infer<typeof roleSchema>;

const fields = {
  description: plainText(300).default('').describe('What the role is for'),
  permissions: z.array(permissionNameSchema).min(1).max(200).describe('What the role may do, such as buckets:read'),
};

export const rolesList = defineOperation({
  name: 'roles.list',
  summary: 'Built-in and own roles with their permissions',
  input: z.strictObject({}),
  output: z.object({ roles: z.array(roleSchema), permissions: z.array(z.string()) }),
  permission: 'roles:read',
  effect: 'read',
  rest: { method: 'GET', path: '/roles' },
});

export const rolesCreate = defineOperation({
  name: 'roles.create',
  summary: 'Make a role out of permissions that one holds oneself',
  input: z.strictObject({ name: roleNameSchema, ...fields }),
  output: roleSchema,
  permission: 'roles:write',
  effect: 'write',
  rest: { method: 'POST', path: '/roles' },
});

export const rolesUpdate = defineOperation({
  name: 'roles.update',
  summary: 'Change what a role may do, for everybody who has it, at once',
  input: z.strictObject({ name: roleNameSchema, ...fields }),
  output: roleSchema,
  permission: 'roles:write',
  effect: 'write',
  rest: { method: 'PUT', path: '/roles/{name}' },
});

export const rolesDelete = defineOperation({
  name: 'roles.delete',
  summary: 'Delete a role that nobody has',
  input: z.strictObject({ name: roleNameSchema }),
  output: z.object({}),
  permission: 'roles:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/roles/{name}' },
});
