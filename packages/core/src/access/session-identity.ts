import { ENROL_PERMISSIONS } from '@supastor/contract/access/roles';
import { allPermissions } from './grant.ts';
import type { Identity } from './identity.ts';
import { asksForSecondFactor, type SecondFactorPolicy } from './second-factor-policy.ts';
import { strongestRole } from './strongest-role.ts';
import type { KnownUser } from './user-directory.ts';

type OfSession = Pick<Identity, 'sessionId' | 'expiresAtMs'> & { readonly strong: boolean };

/** Whether a session that a password alone has opened is over, because the user has a second factor by now. */
export function isTooWeak({ user }: KnownUser, strong: boolean): boolean {
  return user.secondFactor && !strong;
}

/** Who a session stands for, and what it is good for. */
export function identityOf(policy: SecondFactorPolicy, { user, grants: held }: KnownUser, session: OfSession): Identity {
  const { id: userId, email, name } = user;
  const mustEnrol = !session.strong && !user.secondFactor && asksForSecondFactor(policy, user);
  const grants = mustEnrol ? [{ role: 'self', permissions: new Set(ENROL_PERMISSIONS), scope: {} }] : held;
  const { sessionId, strong, expiresAtMs } = session;
  const permissions = allPermissions({ grants });
  return { userId, email, name, role: strongestRole(held), sessionId, strong, mustEnrol, expiresAtMs, grants, permissions };
}
