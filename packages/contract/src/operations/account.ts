import { z } from 'zod';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { signedInSchema } from './session.ts';
import { sessionEntrySchema, sessionIdSchema } from './sessions.ts';
import { emailSchema } from './users.ts';

export const newPasswordSchema = sensitive(z.string().min(1).max(1024).describe('The new password'));
const linkToken = sensitive(
  z
    .string()
    .regex(/^[\w-]{20,100}$/)
    .describe('Token of the invitation or reset link'),
);

export const accountChangePassword = defineOperation({
  name: 'account.changePassword',
  summary: 'Set a new password for oneself; all sessions end, and the answer holds a new one',
  input: z.strictObject({
    currentPassword: sensitive(z.string().min(1).max(1024).describe('The password that is in use now')),
    newPassword: newPasswordSchema,
  }),
  output: signedInSchema,
  signsIn: true,
  permission: 'account:write',
  scope: () => null,
  effect: 'write',
  rest: { method: 'POST', path: '/account/password' },
});

export const accountInspectLink = defineOperation({
  name: 'account.inspectLink',
  rate: 'signIn',
  summary: 'What an invitation or reset link is for',
  input: z.strictObject({ token: linkToken }),
  output: z.object({ kind: z.enum(['invitation', 'reset']), email: z.string(), name: z.string(), expiresAt: z.string() }),
  permission: null,
  effect: 'read',
  rest: { method: 'POST', path: '/account/link' },
});

export const accountRedeemLink = defineOperation({
  name: 'account.redeemLink',
  rate: 'signIn',
  summary: 'Set a password with an invitation or reset link, which then works no more',
  input: z.strictObject({ token: linkToken, password: newPasswordSchema }),
  output: z.object({ email: z.string() }),
  permission: null,
  effect: 'write',
  rest: { method: 'POST', path: '/account/link/redeem' },
});

export const accountForgotPassword = defineOperation({
  name: 'account.forgotPassword',
  rate: 'signIn',
  summary: 'Mail a reset link, if there is such a user and mail is configured; the answer does not tell',
  input: z.strictObject({ email: emailSchema }),
  output: z.object({}),
  permission: null,
  effect: 'write',
  rest: { method: 'POST', path: '/account/forgot-password' },
});

export const accountSessions = defineOperation({
  name: 'account.sessions',
  summary: 'Where one is signed in oneself',
  input: z.strictObject({}),
  output: z.object({ sessions: z.array(sessionEntrySchema) }),
  permission: 'account:write',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/account/sessions' },
});

export const accountRevokeSession = defineOperation({
  name: 'account.revokeSession',
  summary: 'End one of the own sessions; its token is refused everywhere from then on',
  input: z.strictObject({ id: sessionIdSchema }),
  output: z.object({}),
  permission: 'account:write',
  scope: () => null,
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/account/sessions/{id}' },
});

export const accountRevokeOtherSessions = defineOperation({
  name: 'account.revokeOtherSessions',
  summary: 'End every session of oneself but the one that asks',
  input: z.strictObject({}),
  output: z.object({ revoked: z.number().int() }),
  permission: 'account:write',
  scope: () => null,
  effect: 'destructive',
  rest: { method: 'POST', path: '/account/sessions/revoke-others' },
});
