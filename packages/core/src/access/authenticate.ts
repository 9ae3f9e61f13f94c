import { API_KEY_PREFIX, type ApiKeys } from './api-keys.ts';
import type { Identity } from './identity.ts';
import type { SessionService } from './session-service.ts';

/** The identity behind a bearer token or cookie; null when there is none. */
export type Authenticate = (token: string, from: { readonly ip: string }) => Promise<Identity | null>;

/** Takes session tokens and API keys. */
export function createAuthenticate(sessions: Pick<SessionService, 'authenticate'>, apiKeys: Pick<ApiKeys, 'authenticate'>): Authenticate {
  return (token, from) => (token.startsWith(API_KEY_PREFIX) ? apiKeys : sessions).authenticate(token, from);
}

/** Who somebody on a long connection is by now; null when they may not be here any more. */
export type Recheck = (identity: Identity, credential: { readonly token: string; readonly ip: string }) => Promise<Identity | null>;

/** Sessions outlive the token they came with, keys do not. */
export function createRecheck(sessions: Pick<SessionService, 'current'>, apiKeys: Pick<ApiKeys, 'authenticate'>): Recheck {
  return (identity, { token, ip }) => (identity.apiKeyId === undefined ? sessions.current(identity) : apiKeys.authenticate(token, { ip }));
}
