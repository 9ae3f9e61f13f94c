import { z } from 'zod';
import { ssoProviderViewSchema, ssoCheckSchema } from '../wire/sso.ts';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { signedInSchema } from './session.ts';

const providerId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/)
  .describe('Id of the provider, as session.methods lists it');
const ticket = sensitive(z.string().min(1).max(8192).describe('The ticket that the step before answered with; works once'));

export const sessionSsoBegin = defineOperation({
  name: 'session.ssoBegin',
  rate: 'signIn',
  summary: 'Where to go to sign in with a provider, and the ticket to come back with',
  input: z.strictObject({ provider: providerId }),
  output: z.object({
    url: z.string(),
    /** Works once, for five minutes, in the hands of whoever began. */
    ticket,
  }),
  permission: null,
  effect: 'read',
  rest: { method: 'POST', path: '/session/sso/{provider}' },
});

export const sessionSsoFinish = defineOperation({
  name: 'session.ssoFinish',
  rate: 'signIn',
  summary: 'Sign in with what the provider has sent back; sets the session cookie and returns a bearer token',
  input: z.strictObject({
    ticket,
    query: sensitive(z.string().min(1).max(8192).describe('Query of the address that the provider led back to')),
  }),
  output: signedInSchema,
  permission: null,
  effect: 'write',
  audit: 'deferrable',
  signsIn: true,
  rest: { method: 'POST', path: '/session/sso-finish' },
});

export const ssoList = defineOperation({
  name: 'sso.list',
  summary: 'Providers of single sign-on that this server runs with; client secrets are not told',
  input: z.strictObject({}),
  output: z.object({ providers: z.array(ssoProviderViewSchema) }),
  permission: 'settings:read',
  effect: 'read',
  rest: { method: 'GET', path: '/sso' },
});

export const ssoCheck = defineOperation({
  name: 'sso.check',
  rate: 'heavy',
  summary: 'Ask a provider for its discovery document: whether people could be sent there now',
  input: z.strictObject({ provider: providerId }),
  output: ssoCheckSchema,
  permission: 'settings:read',
  effect: 'read',
  rest: { method: 'POST', path: '/sso/{provider}/check' },
});
