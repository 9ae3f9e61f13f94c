import { z } from 'zod';
import { scopeSchema } from '../access/scope.ts';
import { Secret } from '../secret.ts';
import { flag, integer } from './field.ts';

/** How long roles of groups hold that a provider which is not configured any more has given. */
export const DEFAULT_SSO_MAX_AGE_SECONDS = 28_800;

const text = (max = 500) => z.string().min(1, 'must not be empty').max(max);

const roleMappingSchema = z.strictObject({
  /** One of the values of the group claim, exactly. */
  group: text(),
  role: text(40),
  scope: scopeSchema.default({}),
});

const ssoProviderSchema = z.strictObject({
  /** In addresses and in the audit trail; permanent, because grants name it. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'use 1-40 lower-case letters, digits and dashes'),
  /** On the button. */
  name: text(60),
  issuer: z.url({ protocol: /^https?$/, error: 'expected a URL such as https://login.example.org' }),
  clientId: text(),
  clientSecret: text(),
  scopes: z.array(text()).default(['openid', 'email', 'profile']),
  /** Claim of the ID token or of the user info that lists groups. */
  groupClaim: text().default('groups'),
  roles: z.array(roleMappingSchema).default([]),
  /**
   * Seconds that roles of groups hold after the provider named the groups last; a session it opened lasts no longer either.
   * Whoever was taken out of a group keeps its role for this long at the most.
   */
  maxAgeSeconds: integer(60, 2_592_000).default(DEFAULT_SSO_MAX_AGE_SECONDS),
  /** Domains of e-mail addresses that are let in. Empty: all. */
  domains: z.array(text()).default([]),
  /** Whether whoever signs in for the first time becomes a user. */
  createUsers: flag().default(false),
  /** Whether a user with the same e-mail address, verified by the provider, is taken to be the same person. */
  linkUsers: flag().default(false),
  /** Whether the provider may be on this machine or in a private network, over http as well. */
  allowPrivate: flag().default(false),
});
export type SsoProviderConfig = z.infer<typeof ssoProviderSchema>;

const ssoProvidersSchema = z
  .array(ssoProviderSchema)
  .max(20)
  .refine((providers) => new Set(providers.map(({ id }) => id)).size === providers.length, 'two providers have the same id');

/** Reads providers from JSON, as the configuration hands them on. Throws when they are not valid. */
export function parseSsoProviders(json: string): readonly SsoProviderConfig[] {
  return ssoProvidersSchema.parse(JSON.parse(json));
}

/** A list of providers, or its JSON. All of it is kept as one secret, since client secrets are in it. */
export function ssoProviders() {
  return z
    .union([z.array(z.looseObject({})), z.string()], { error: 'expected a list of providers, or its JSON' })
    .transform((value, context): Secret => {
      const parsed = ssoProvidersSchema.safeParse(typeof value === 'string' ? readJson(value) : value);
      if (parsed.success) return new Secret(JSON.stringify(parsed.data));
      for (const { path, message } of parsed.error.issues) {
        context.addIssue({ code: 'custom', message: [path.join('.'), message].filter(Boolean).join(': ') });
      }
      return z.NEVER;
    });
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
