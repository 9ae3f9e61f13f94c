import type { Scope } from '@supastor/contract/access/scope';
import { SupastorError } from '@supastor/contract/errors';
import { type Grant, type GrantHolder, holdsWithin } from './grant.ts';

/** Permissions to be held for all of a scope. */
export interface Delegated {
  readonly permissions: Iterable<string>;
  readonly scope: Scope;
}

/**
 * Nobody grants more than they hold.
 * @param what What is given, for the message: `A key`
 * @throws SJ_FORBIDDEN naming what is missing
 */
export function refuseMore(giver: GrantHolder, { permissions, scope }: Delegated, what: string): void {
  const missing = missingOf(giver, { permissions, scope });
  if (missing.length === 0) return;
  throw new SupastorError('SJ_FORBIDDEN', `${what} cannot be given what you do not hold for all of its scope: ${missing.join(', ')}.`, {
    hint: 'Leave these out, narrow the scope, or ask somebody who holds them.',
    meta: { missing },
  });
}

/**
 * Nobody acts on somebody who holds more: with a reset link they would become that user, and without sessions that user could not stop them.
 * @throws SJ_FORBIDDEN
 */
export function refuseStronger(actor: GrantHolder, target: readonly Grant[]): void {
  if (!isStronger(actor, target)) return;
  throw new SupastorError('SJ_FORBIDDEN', 'This user holds more than you do, so you cannot change them.', {
    hint: 'Ask somebody who holds at least as much.',
  });
}

/** Whether whoever has these grants holds something that the actor does not. */
export function isStronger(actor: GrantHolder, target: readonly Grant[]): boolean {
  return target.some((grant) => missingOf(actor, grant).length > 0);
}

function missingOf(holder: GrantHolder, { permissions, scope }: Delegated): readonly string[] {
  return [...permissions].filter((permission) => !holdsWithin(holder, permission, scope));
}
