import { randomBytes } from 'node:crypto';
import { DEFAULT_SSO_MAX_AGE_SECONDS, type SsoProviderConfig } from '@supastor/contract/config/sso';
import { SupastorError } from '@supastor/contract/errors';
import type { SsoCheck, SsoProviderView } from '@supastor/contract/wire/sso';
import type { IdSource } from '../operations/ports.ts';
import type { SsoClaims, SsoProvider, SsoSecrets, SsoStore } from './sso.port.ts';
import type { Tickets } from './tickets.ts';
import type { UserDirectory } from './user-directory.ts';
import type { NewGrant, StoredUser, UserStore } from './user.port.ts';

export interface SingleSignOnOptions {
  readonly providers: readonly SsoProvider[];
  readonly store: SsoStore;
  readonly users: Pick<UserStore, 'find' | 'findByEmail' | 'add'>;
  readonly directory: Pick<UserDirectory, 'forget'>;
  readonly tickets: Tickets;
  readonly ids: IdSource;
}

export interface SsoSignIn extends SsoRoles {
  /** How long the session may last. */
  readonly maxAgeSeconds: number;
}

/** What a user holds through a provider. */
export interface SsoRoles {
  readonly userId: string;
  readonly provider: string;
  /** Of the groups that have a role here. */
  readonly roles: readonly string[];
}

/** Signing in with accounts of other systems (OpenID Connect). */
export interface SingleSignOn {
  readonly providers: readonly { readonly id: string; readonly name: string }[];
  /** How each is configured, without secrets. */
  describe(): SsoProviderView[];
  /** Whether a provider answers as it should. @throws SJ_NOT_FOUND */
  check(providerId: string): Promise<SsoCheck>;
  /** @throws SJ_NOT_FOUND, SJ_UPSTREAM_FAILED */
  begin(providerId: string): Promise<{ readonly url: string; readonly ticket: string }>;
  /**
   * Uses the ticket up, finds or makes the user and gives them the roles of their groups.
   * @param note Told what they held before and hold after, also when that is nothing and they are refused
   * @throws SJ_UNAUTHENTICATED when the answer does not belong to the ticket, SJ_FORBIDDEN when the person is not let in
   */
  finish(ticket: string, query: string, note: (change: SsoChange) => void): Promise<SsoSignIn>;
  noteSession(sessionId: string, provider: string, expiresAtMs: number): Promise<void>;
  /** Where to go to end the session at the provider too; null when there is no such place. Never fails. */
  signOutUrl(sessionId: string): Promise<string | null>;
}

export interface SsoChange {
  readonly before: SsoRoles;
  readonly after: SsoRoles;
}

const PURPOSE = 'single sign-on';

export function createSingleSignOn({ providers, store, users, directory, tickets, ids }: SingleSignOnOptions): SingleSignOn {
  const byId = new Map(providers.map((provider) => [provider.config.id, provider]));

  function find(providerId: string): SsoProvider {
    const provider = byId.get(providerId);
    if (provider) return provider;
    throw new SupastorError('SJ_NOT_FOUND', 'There is no such way to sign in.', { hint: 'supastor sso list' });
  }

  /** The user whom the provider means. */
  async function userOf(provider: SsoProvider, claims: SsoClaims, isWelcome: boolean): Promise<StoredUser> {
    const { id, createUsers, linkUsers } = provider.config;
    const known = await store.find(claims);
    const linked = known === null ? null : await users.find(known);
    if (linked) return linked;
    const { email } = claims;
    if (email === null || !claims.emailVerified) throw refused('The provider does not say that your e-mail address is verified.');
    const namesake = await users.findByEmail(email);
    if (namesake) {
      // Whoever runs a provider must not become the administrator of the configuration.
      if (!linkUsers || namesake.breakGlass) throw refused('There is a user with your e-mail address who does not sign in this way.');
      if (namesake.state !== 'disabled') await store.link(namesake.id, id, claims);
      return namesake;
    }
    if (!createUsers) throw refused('Nobody with your e-mail address has access.');
    if (!isWelcome) throw refused('None of your groups has a role here.');
    const user = { id: ids.next(), email, name: claims.name, state: 'active', breakGlass: false, createdBy: `sso:${id}` } as const;
    // Of two that come at once, one adds the user; the other one is a namesake from then on.
    if (!(await users.add(user, []))) throw refused('Somebody with your e-mail address has just been added. Try again.');
    await store.link(user.id, id, claims);
    return { ...user, secondFactor: false, createdAtMs: 0, lastLoginAtMs: null, grants: [] };
  }

  return {
    providers: providers.map(({ config: { id, name } }) => ({ id, name })),
    describe: () =>
      providers.map((provider) => {
        const { clientSecret: _secret, ...shown } = provider.config;
        return { ...shown, redirectUrl: provider.redirectUrl() };
      }),
    async check(providerId) {
      try {
        return { problem: null, hint: null, endpoints: await find(providerId).discover() };
      } catch (error) {
        if (!(error instanceof SupastorError) || error.code !== 'SJ_UPSTREAM_FAILED') throw error;
        return { problem: error.message, hint: error.hint ?? null, endpoints: null };
      }
    },
    async begin(providerId) {
      const provider = find(providerId);
      const secrets: SsoSecrets = { state: random(), nonce: random(), verifier: random() };
      return { url: await provider.begin(secrets), ticket: tickets.issue(PURPOSE, { ...secrets, provider: providerId }) };
    },
    async finish(ticket, query, note) {
      const facts = tickets.read(PURPOSE, ticket);
      const provider = byId.get(facts?.['provider'] ?? '');
      if (!facts || !provider || !(await tickets.use(ticket))) throw tooLate();
      const { state = '', nonce = '', verifier = '' } = facts;
      const claims = await provider.finish(query, { state, nonce, verifier });
      refuseDomain(provider.config.domains, claims);
      const { id, roles, maxAgeSeconds } = provider.config;
      const matched = roles.filter(({ group }) => claims.groups.includes(group));
      const user = await userOf(provider, claims, matched.length > 0);
      if (user.state === 'disabled') throw refused('Your account here is disabled.');
      const source = `sso:${id}`;
      const grants: NewGrant[] = matched.map(({ role, scope }) => ({ id: ids.next(), role, scope, grantedBy: source }));
      await store.syncGrants(user.id, source, grants);
      const before = user.grants.filter(({ grantedBy }) => grantedBy === source);
      const after: SsoRoles = { userId: user.id, provider: id, roles: matched.map(({ role }) => role) };
      note({ before: { ...after, roles: before.map(({ role }) => role) }, after });
      directory.forget();
      const now = await users.find(user.id);
      if (!now || now.grants.length === 0) throw refused('You hold no role here any more.');
      return { ...after, maxAgeSeconds };
    },
    noteSession: (sessionId, provider, expiresAtMs) => store.noteSession(sessionId, provider, expiresAtMs),
    async signOutUrl(sessionId) {
      if (providers.length === 0) return null;
      const id = await store.providerOf(sessionId).catch(() => null);
      const provider = id === null ? undefined : byId.get(id);
      return provider ? provider.signOutUrl().catch(() => null) : null;
    },
  };
}

function refuseDomain(domains: readonly string[], { email, emailVerified }: SsoClaims): void {
  if (domains.length === 0) return;
  const domain = email?.split('@').at(-1);
  if (emailVerified && domains.some((allowed) => allowed.toLowerCase() === domain)) return;
  throw refused('Your e-mail address is not of a domain that is let in, or is not verified.');
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

function refused(message: string): SupastorError {
  return new SupastorError('SJ_FORBIDDEN', message, { hint: 'Ask an owner of this installation.' });
}

function tooLate(): SupastorError {
  return new SupastorError('SJ_UNAUTHENTICATED', 'This sign-in was not begun here, was finished already, or took too long.', {
    hint: 'Sign in again.',
  });
}

/** How long grants of a source hold unless they are confirmed: what a provider gave for its maximum age, what people gave for ever. */
export function createGrantMaxAge(providers: readonly SsoProviderConfig[]): (grantedBy: string) => number {
  const ages = new Map(providers.map(({ id, maxAgeSeconds }) => [`sso:${id}`, maxAgeSeconds]));
  return (grantedBy) =>
    grantedBy.startsWith('sso:') ? (ages.get(grantedBy) ?? DEFAULT_SSO_MAX_AGE_SECONDS) * 1000 : Number.POSITIVE_INFINITY;
}
