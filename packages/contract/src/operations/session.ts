import { z } from 'zod';
import { scopeSchema } from '../access/scope.ts';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { named } from './type-names.ts';

/** Six digits of an authenticator, or a recovery code. */
export const codeSchema = sensitive(z.string().trim().min(6).max(40).describe('Code of the second factor, or a recovery code'));

export const sessionSchema = named(
  'Session',
  z.object({
    email: z.string(),
    name: z.string(),
    /** Null for an API key without a user. */
    userId: z.string().nullable(),
    /** The strongest role held; `key`: an API key, which holds just the permissions it was given. */
    role: z.string(),
    /** ISO 8601. */
    expiresAt: z.string(),
    /** The role asks for a second factor that is not set up yet: until then the session is good for nothing else. */
    mustEnrol: z.boolean(),
    /** Everything held in whatever scope. */
    permissions: z.array(z.string()),
    grants: z.array(z.object({ role: z.string(), scope: scopeSchema })),
  }),
);
export type Session = z.infer<typeof sessionSchema>;

/** A session with the tokens of whoever has no cookies. */
export const signedInSchema = sessionSchema.extend({
  /** Bearer token of a few minutes' life. */
  token: sensitive(z.string()),
  tokenExpiresAt: z.string(),
  /** Gets the next token, once; null while the database is out of reach. */
  refreshToken: sensitive(z.string()).nullable(),
});

export const sessionRefresh = defineOperation({
  name: 'session.refresh',
  rate: 'signIn',
  summary: 'A new bearer token for a refresh token, which is replaced; one that comes twice ends the session',
  input: z.strictObject({
    refreshToken: sensitive(
      z.string().min(1).max(200).describe('Refresh token of the session. Browsers leave it out: theirs is in a cookie'),
    ).optional(),
  }),
  output: signedInSchema,
  permission: null,
  effect: 'write',
  audit: 'deferrable',
  signsIn: true,
  rest: { method: 'POST', path: '/session/refresh' },
});

export const sessionLogin = defineOperation({
  name: 'session.login',
  rate: 'signIn',
  summary: 'Sign in with e-mail and password; sets the session cookie and returns a bearer token',
  input: z.strictObject({
    email: z.email().describe('E-mail address of the account'),
    password: sensitive(z.string().min(1).max(1024).describe('Password of the account')),
    code: codeSchema.optional().describe('Code of the second factor, or a recovery code; asked for with SJ_CODE_NEEDED'),
  }),
  output: signedInSchema,
  permission: null,
  effect: 'write',
  audit: 'deferrable',
  signsIn: true,
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
  output: z.object({
    /** Where the session at the provider of single sign-on is ended; null when it came from none. */
    signOutUrl: z.string().nullable(),
  }),
  permission: 'session:read',
  scope: () => null,
  effect: 'write',
  audit: 'deferrable',
  rest: { method: 'DELETE', path: '/session' },
});
