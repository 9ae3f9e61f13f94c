import type { SsoProviderConfig } from '@supastor/contract/config/sso';
import type { SsoEndpoints } from '@supastor/contract/wire/sso';
import type { NewGrant } from './user.port.ts';

/** What ties the answer of a provider to the request for it. */
export interface SsoSecrets {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** Who somebody is, as a provider says and its signature proves. */
export interface SsoClaims {
  readonly issuer: string;
  readonly subject: string;
  /** Lower-case; null when the provider does not tell. */
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
}

/** OpenID Connect with one provider: authorization code flow with PKCE, state and nonce. */
export interface SsoProvider {
  readonly config: SsoProviderConfig;
  /** @throws SJ_UPSTREAM_FAILED when the provider does not answer as it should */
  begin(secrets: SsoSecrets): Promise<string>;
  /** @throws SJ_UNAUTHENTICATED when the provider's answer is not one to this request, SJ_UPSTREAM_FAILED */
  finish(query: string, secrets: SsoSecrets): Promise<SsoClaims>;
  /** Where the session at the provider is ended; null when it offers no such place. */
  signOutUrl(): Promise<string | null>;
  /** Where people come back to. */
  redirectUrl(): string;
  /** Asks anew what the provider says about itself. @throws SJ_UPSTREAM_FAILED, saying what is wrong */
  discover(): Promise<SsoEndpoints>;
}

export interface SsoIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Which users come from which provider. Changes of users are announced to the other servers. */
export interface SsoStore {
  /** Id of the user; null when nobody has come by this way yet. */
  find(identity: SsoIdentity): Promise<string | null>;
  /** Ties an identity to a user, who is active then. */
  link(userId: string, provider: string, identity: SsoIdentity): Promise<void>;
  /** Makes the grants that came from `source` just these, given or confirmed now; the last owner stays one. */
  syncGrants(userId: string, source: string, grants: readonly NewGrant[]): Promise<void>;
  noteSession(sessionId: string, provider: string, expiresAtMs: number): Promise<void>;
  /** The provider that a session came from; null when none. */
  providerOf(sessionId: string): Promise<string | null>;
}
