import type { ScopeTarget } from '@supastor/contract/access/scope';
import { SupastorError } from '@supastor/contract/errors';
import type { RegisteredOperation } from '@supastor/contract/operations/all';
import type { GRANT_VERDICTS } from '@supastor/contract/operations/access';
import { covers, type Grant, type GrantHolder } from './grant.ts';

interface GrantVerdict {
  readonly role: string;
  readonly scope: Grant['scope'];
  readonly verdict: (typeof GRANT_VERDICTS)[number];
}

export interface Explanation {
  readonly allowed: boolean;
  readonly permission: string | null;
  readonly reason: string;
  readonly grants: readonly GrantVerdict[];
}

/** Why somebody may or may not run an operation on a target: what each of their grants says. */
export function explainAccess(
  who: GrantHolder & { readonly name: string },
  { name, permission }: Pick<RegisteredOperation, 'name' | 'permission'>,
  target: ScopeTarget | null,
): Explanation {
  if (permission === null) return { allowed: true, permission, reason: `${name} is open to anybody.`, grants: [] };
  const grants = who.grants.map(({ role, scope, permissions }) => ({ role, scope, verdict: verdictOf({ permissions, scope }) }));
  function verdictOf({ permissions, scope }: Pick<Grant, 'permissions' | 'scope'>): GrantVerdict['verdict'] {
    if (permission === null || !permissions.has(permission)) return 'lacks-permission';
    return target === null || covers(scope, target) ? 'allows' : 'other-scope';
  }
  const granting = grants.find(({ verdict }) => verdict === 'allows');
  const elsewhere = grants.filter(({ verdict }) => verdict === 'other-scope');
  return { allowed: granting !== undefined, permission, reason: reasonOf(who.name, { permission, target, granting, elsewhere }), grants };
}

interface Findings {
  readonly permission: string;
  readonly target: ScopeTarget | null;
  readonly granting: GrantVerdict | undefined;
  readonly elsewhere: readonly GrantVerdict[];
}

function reasonOf(name: string, { permission, target, granting, elsewhere }: Findings): string {
  const where = target === null ? 'something' : describe(target);
  if (granting) return `${name} holds ${permission} by the role ${granting.role} for ${describe(granting.scope)}.`;
  if (elsewhere.length === 0) return `No role of ${name} holds ${permission}.`;
  const held = elsewhere.map(({ role, scope }) => `${role} for ${describe(scope)}`).join(', ');
  return `${name} holds ${permission} by ${held}, which does not take in ${where}.`;
}

function describe({
  bucket,
  ...rest
}: {
  readonly bucket?: string | undefined;
  readonly path?: string;
  readonly prefix?: string | undefined;
}): string {
  if (bucket === undefined) return 'everything';
  const path = rest.path ?? rest.prefix;
  return path === undefined ? `the bucket ${bucket}` : `${bucket}/${path}`;
}

/** @throws SJ_NOT_FOUND */
export function unknownOperation(name: string): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', `There is no operation ${name}.`, { hint: 'docs/reference/operations.md lists them.' });
}
