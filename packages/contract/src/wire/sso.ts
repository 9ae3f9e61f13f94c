import { z } from 'zod';
import { scopeSchema } from '../access/scope.ts';
import { named } from '../operations/type-names.ts';

/** A provider of single sign-on as it is configured, without its client secret. */
export const ssoProviderViewSchema = named(
  'SsoProvider',
  z.object({
    id: z.string(),
    name: z.string(),
    issuer: z.string(),
    clientId: z.string(),
    /** Where the provider sends people back to; it must know this address. */
    redirectUrl: z.string(),
    scopes: z.array(z.string()),
    /** Claim that lists groups. */
    groupClaim: z.string(),
    /** What members of a group get. */
    roles: z.array(z.object({ group: z.string(), role: z.string(), scope: scopeSchema })),
    /** Seconds that roles of groups, and sessions the provider opened, last until people sign in there again. */
    maxAgeSeconds: z.number().int(),
    /** Domains of e-mail addresses that are let in; empty: all. */
    domains: z.array(z.string()),
    createUsers: z.boolean(),
    linkUsers: z.boolean(),
    allowPrivate: z.boolean(),
  }),
);
export type SsoProviderView = z.infer<typeof ssoProviderViewSchema>;

/** What a provider says about itself. */
export const ssoEndpointsSchema = z.object({
  issuer: z.string(),
  authorization: z.string().nullable(),
  token: z.string().nullable(),
  /** Null: it takes no part when somebody signs out. */
  signOut: z.string().nullable(),
  /** Configured scopes that its list does not have; empty as well when it has no list. */
  unknownScopes: z.array(z.string()),
});
export type SsoEndpoints = z.infer<typeof ssoEndpointsSchema>;

export const ssoCheckSchema = named(
  'SsoCheck',
  z.object({
    /** Why nobody could be sent there; null: it answers as it should. */
    problem: z.string().nullable(),
    /** What to do about the problem. */
    hint: z.string().nullable(),
    endpoints: ssoEndpointsSchema.nullable(),
  }),
);
export type SsoCheck = z.infer<typeof ssoCheckSchema>;
