import type { ScopeTarget } from '@supastor/contract/access/scope';
import { SupastorError } from '@supastor/contract/errors';
import { holds } from './grant.ts';
import type { Identity } from './identity.ts';

/** What a run touches; null: anything that the caller reaches. */
export type Targets = readonly ScopeTarget[] | null;

/** Decides whether an identity may run something that asks for `permission` on `targets`; throws when it may not. */
export type Authorise = (identity: Identity, permission: string, targets: Targets) => void;

/**
 * @throws SJ_FORBIDDEN when the permission is not held, or what it asks for is more than a bucket;
 *   SJ_NOT_FOUND when it is held, but not here: what is out of reach and what does not exist look the same
 */
export const authoriseByGrants: Authorise = (identity, permission, targets) => {
  if (!identity.permissions.has(permission)) throw lacks(identity, permission);
  if (targets === null) return;
  for (const target of targets) {
    if (holds(identity, permission, target)) continue;
    throw target.bucket === undefined ? holdsInPart(identity, permission) : outOfReach();
  }
};

function lacks({ email, mustEnrol }: Identity, permission: string): SupastorError {
  if (mustEnrol === true) {
    return new SupastorError('SJ_FORBIDDEN', `A role of ${email} asks for a second factor, and there is none yet.`, {
      hint: 'Set it up first, on the page Account or with POST /api/v1/account/second-factor.',
      meta: { permission },
    });
  }
  return new SupastorError('SJ_FORBIDDEN', `${email} does not hold the permission ${permission}.`, {
    hint: 'Sign in as someone who holds it, or ask an owner.',
    meta: { permission },
  });
}

function holdsInPart({ email }: Identity, permission: string): SupastorError {
  return new SupastorError('SJ_FORBIDDEN', `${email} holds the permission ${permission} for some buckets only, and this asks for all.`, {
    hint: 'Name a bucket, or ask an owner for a grant without a scope.',
    meta: { permission },
  });
}

function outOfReach(): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', 'There is no such bucket or object.');
}
