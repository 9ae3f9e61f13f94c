import { z } from 'zod';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';

export const sessionSchema = z.object({
  email: z.string(),
  /** `key`: an API key, which holds just the permissions it was given. */
  role: z.enum(['owner', 'key']),
  /** ISO 8601. */
  expiresAt: z.string(),
  permissions: z.array(z.string()),
});
export type Session = z.infer<typeof sessionSchema>;

export const sessionLogin = defineOperation({
  name: 'session.login',
  summary: 'Sign in with e-mail and password; sets the session cookie and returns a bearer token',
  input: z.strictObject({ email: z.email(), password: sensitive(z.string().min(1).max(1024)) }),
  output: sessionSchema.extend({ token: sensitive(z.string()) }),
  permission: null,
  effect: 'write',
  audit: 'deferrable',
  rest: { method: 'POST', path: '/session' },
});

export const sessionGet = defineOperation({
  name: 'session.get',
  summary: 'The signed-in identity',
  input: z.strictObject({}),
  output: sessionSchema,
  permission: 'session:read',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/session' },
});

export const sessionLogout = defineOperation({
  name: 'session.logout',
  summary: 'Sign out; the session is refused from then on',
  input: z.strictObject({}),
  output: z.object({}),
  permission: 'session:read',
  scope: () => null,
  effect: 'write',
  audit: 'deferrable',
  rest: { method: 'DELETE', path: '/session' },
});
