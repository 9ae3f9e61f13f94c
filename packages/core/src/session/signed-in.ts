import type { Session } from '@supastor/contract/operations/session';
import type { Identity } from '../access/identity.ts';
import type { StartedSession } from '../access/session-starter.ts';

/** What whoever is signed in is told about it. */
export function toSession({ email, name, userId, role, expiresAtMs, permissions, grants, mustEnrol = false }: Identity): Session {
  const shown = grants.filter((grant) => grant.role !== 'self').map((grant) => ({ role: grant.role, scope: grant.scope }));
  return {
    email,
    name,
    userId,
    role,
    expiresAt: new Date(expiresAtMs).toISOString(),
    mustEnrol,
    permissions: [...permissions],
    grants: shown,
  };
}

/** The same with the tokens of a session that has just begun or was refreshed. */
export function toSignedIn({ token, tokenExpiresAtMs, refreshToken, identity }: StartedSession) {
  return { ...toSession(identity), token, tokenExpiresAt: new Date(tokenExpiresAtMs).toISOString(), refreshToken };
}
