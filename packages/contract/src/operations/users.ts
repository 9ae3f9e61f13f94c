import { z } from 'zod';
import { scopeSchema } from '../access/scope.ts';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { plainText } from './text.ts';

export const USER_STATES = ['invited', 'active', 'disabled'] as const;

export const emailSchema = z.email().max(254).describe('E-mail address');
export const roleNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'use 1-40 lower-case letters, digits and dashes')
  .describe('Name of a role: 1-40 lower-case letters, digits and dashes');
const idSchema = z.string().regex(/^[\w-]{1,100}$/);

export const grantSchema = z.object({
  id: z.string(),
  role: z.string(),
  scope: scopeSchema,
  /** E-mail address of whoever gave it. */
  grantedBy: z.string(),
  /** ISO 8601, as all times here. */
  grantedAt: z.string(),
});

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  state: z.enum(USER_STATES),
  /** The administrator of the configuration, whose password is set there. */
  breakGlass: z.boolean(),
  /** Whether signing in with a password takes a code as well. */
  secondFactor: z.boolean(),
  grants: z.array(grantSchema),
  createdBy: z.string(),
  createdAt: z.string(),
  lastLoginAt: z.string().nullable(),
});
export type User = z.infer<typeof userSchema>;

const one = z.strictObject({ id: idSchema.describe('Id of the user') });
/** A link that lets somebody choose a password, once. */
const linkFields = {
  /** Give it to nobody but the user; it is shown this once. */
  link: sensitive(z.string()),
  expiresAt: z.string(),
  /** Whether it was sent by mail as well. */
  mailed: z.boolean(),
};

export const usersList = defineOperation({
  name: 'users.list',
  summary: 'People who have, had or will have access',
  input: z.strictObject({
    search: plainText(100).optional().describe('Part of the e-mail address or name'),
    limit: z.coerce.number().int().min(1).max(500).default(100).describe('Most entries of one answer'),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('Entries to pass over'),
  }),
  output: z.object({ users: z.array(userSchema) }),
  permission: 'users:read',
  effect: 'read',
  rest: { method: 'GET', path: '/users' },
});

export const usersGet = defineOperation({
  name: 'users.get',
  summary: 'One user',
  input: one,
  output: userSchema,
  permission: 'users:read',
  effect: 'read',
  rest: { method: 'GET', path: '/users/{id}' },
});

export const usersInvite = defineOperation({
  name: 'users.invite',
  summary: 'Add a user, who sets a password with the link that this answers',
  input: z.strictObject({
    email: emailSchema,
    name: plainText(100).default('').describe('Name of the person'),
    role: roleNameSchema.describe('Role to begin with'),
    scope: scopeSchema.default({}),
  }),
  output: z.object({ user: userSchema, ...linkFields }),
  permission: 'users:write',
  effect: 'write',
  rest: { method: 'POST', path: '/users' },
});

export const usersResetPassword = defineOperation({
  name: 'users.resetPassword',
  summary: 'Make a link with which a user sets a new password; for one who is invited, a new invitation',
  input: one,
  output: z.object(linkFields),
  permission: 'users:write',
  effect: 'write',
  rest: { method: 'POST', path: '/users/{id}/reset-password' },
});

export const usersResetSecondFactor = defineOperation({
  name: 'users.resetSecondFactor',
  summary: 'Take second factor and passkeys from a user who has lost them, and end their sessions',
  input: one,
  output: userSchema,
  permission: 'secondFactors:reset',
  effect: 'destructive',
  rest: { method: 'POST', path: '/users/{id}/reset-second-factor' },
});

export const usersUpdate = defineOperation({
  name: 'users.update',
  summary: 'Change the name of a user',
  input: z.strictObject({ id: idSchema.describe('Id of the user'), name: plainText(100).describe('Name of the person') }),
  output: userSchema,
  permission: 'users:write',
  effect: 'write',
  rest: { method: 'PATCH', path: '/users/{id}' },
});

export const usersDisable = defineOperation({
  name: 'users.disable',
  summary: 'Refuse a user and their API keys from now on, and end their sessions',
  input: one,
  output: userSchema,
  permission: 'users:write',
  effect: 'destructive',
  rest: { method: 'POST', path: '/users/{id}/disable' },
});

export const usersEnable = defineOperation({
  name: 'users.enable',
  summary: 'Let a disabled user in again',
  input: one,
  output: userSchema,
  permission: 'users:write',
  effect: 'write',
  rest: { method: 'POST', path: '/users/{id}/enable' },
});

export const usersRemove = defineOperation({
  name: 'users.remove',
  summary: 'Forget a user, their grants and sessions; their API keys die with them',
  input: one,
  output: z.object({}),
  permission: 'users:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/users/{id}' },
});

export const usersGrant = defineOperation({
  name: 'users.grant',
  summary: 'Give a user a role, for everything or for a scope',
  input: z.strictObject({ id: idSchema.describe('Id of the user'), role: roleNameSchema, scope: scopeSchema.default({}) }),
  output: userSchema,
  permission: 'users:write',
  effect: 'write',
  rest: { method: 'POST', path: '/users/{id}/grants' },
});

export const usersRevokeGrant = defineOperation({
  name: 'users.revokeGrant',
  summary: 'Take a role from a user',
  input: z.strictObject({ id: idSchema.describe('Id of the user'), grantId: idSchema.describe('Id of the grant') }),
  output: userSchema,
  permission: 'users:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/users/{id}/grants/{grantId}' },
});
