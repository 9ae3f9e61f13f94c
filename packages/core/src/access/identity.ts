import { SupastorError } from '@supastor/contract/errors';
import type { Grant } from './grant.ts';

/** Who is calling, as established by a verified session. */
export interface Identity {
  /** For an API key whoever made it; null when that is not known. */
  readonly userId: string | null;
  readonly email: string;
  readonly name: string;
  /** The strongest role held, to be shown; `key` for an API key. */
  readonly role: string;
  /** Id of the session; for an API key `key:<id>`. */
  readonly sessionId: string;
  /** Set when an API key is calling. */
  readonly apiKeyId?: string;
  /** Whether more than a password opened the session. */
  readonly strong?: boolean;
  /** Set while a role asks for a second factor that is not there yet: nothing but setting it up is allowed. */
  readonly mustEnrol?: boolean;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly grants: readonly Grant[];
  /** All that the grants hold, in whatever scope; ask {@link file://./grant.ts holds} when it matters where. */
  readonly permissions: ReadonlySet<string>;
}

/** Id of the user who is calling; null for an API key, which acts for its maker but is not them. */
export function callingUser({ userId, apiKeyId }: Pick<Identity, 'userId' | 'apiKeyId'>): string | null {
  return apiKeyId === undefined ? userId : null;
}

/** @throws SJ_UNAUTHENTICATED when nobody is signed in. */
export function requireIdentity(identity: Identity | null): Identity {
  if (identity) return identity;
  throw new SupastorError('SJ_UNAUTHENTICATED', 'This needs a valid session.', {
    hint: 'Sign in with POST /api/v1/session, then send the cookie or `Authorization: Bearer <token>`.',
  });
}
