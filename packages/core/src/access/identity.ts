import { SupastorError } from '@supastor/contract/errors';
import type { Session } from '@supastor/contract/operations/session';

/** Who is calling, as established by a verified session. */
export interface Identity {
  readonly email: string;
  readonly role: Session['role'];
  /** Id of the session; for an API key `key:<id>`. */
  readonly sessionId: string;
  /** Set when an API key is calling. */
  readonly apiKeyId?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly permissions: ReadonlySet<string>;
}

/** Decides whether an identity may run something that asks for `permission`; throws when it may not. */
export type Authorise = (identity: Identity, permission: string) => void;

/** @throws SJ_FORBIDDEN when the identity does not hold the permission. */
export const authoriseByPermission: Authorise = (identity, permission) => {
  if (identity.permissions.has(permission)) return;
  throw new SupastorError('SJ_FORBIDDEN', `${identity.email} does not hold the permission ${permission}.`, {
    hint: 'Sign in as someone who holds it, or ask an owner.',
    meta: { permission },
  });
};

/** @throws SJ_UNAUTHENTICATED when nobody is signed in. */
export function requireIdentity(identity: Identity | null): Identity {
  if (identity) return identity;
  throw new SupastorError('SJ_UNAUTHENTICATED', 'This needs a valid session.', {
    hint: 'Sign in with POST /api/v1/session, then send the cookie or `Authorization: Bearer <token>`.',
  });
}
