import type { Scope, ScopeTarget } from '@supastor/contract/access/scope';

/** Permissions held within a scope, and where they come from. */
export interface Grant {
  /** Name of the role, or `key` for what an API key was given. */
  readonly role: string;
  readonly permissions: ReadonlySet<string>;
  readonly scope: Scope;
}

/** Anybody that holds grants. */
export interface GrantHolder {
  readonly grants: readonly Grant[];
}

/** Whether a scope takes in all of a target. Paths that a server might read as another path are in no prefix. */
export function covers({ bucket, prefix }: Scope, target: ScopeTarget): boolean {
  if (bucket === undefined) return true;
  if (target.bucket !== bucket) return false;
  if (prefix === undefined || target.anyPart === true) return true;
  return target.path !== undefined && target.path.startsWith(prefix) && isPlain(target.path);
}

/** Whether everything that `inner` takes in is also in `outer`. */
export function contains(outer: Scope, inner: Scope): boolean {
  if (outer.environment !== undefined && outer.environment !== inner.environment) return false;
  if (outer.bucket === undefined) return true;
  if (outer.bucket !== inner.bucket) return false;
  return outer.prefix === undefined || inner.prefix?.startsWith(outer.prefix) === true;
}

/** Whether a permission is held for a target. */
export function holds({ grants }: GrantHolder, permission: string, target: ScopeTarget = {}): boolean {
  for (const { permissions, scope } of grants) if (permissions.has(permission) && covers(scope, target)) return true;
  return false;
}

/** Whether a permission is held for all of a scope, by one grant. */
export function holdsWithin({ grants }: GrantHolder, permission: string, scope: Scope): boolean {
  return grants.some((grant) => grant.permissions.has(permission) && contains(grant.scope, scope));
}

/** Names of the buckets that a permission is held for, at least in part; null: for all. */
export function bucketsWithin({ grants }: GrantHolder, permission: string): readonly string[] | null {
  const scopes = grants.filter(({ permissions }) => permissions.has(permission)).map(({ scope }) => scope.bucket);
  return scopes.includes(undefined) ? null : [...new Set(scopes.flatMap((bucket) => bucket ?? []))].toSorted();
}

/** Every permission that is held for anything. */
export function allPermissions({ grants }: GrantHolder): ReadonlySet<string> {
  return new Set(grants.flatMap(({ permissions }) => [...permissions]));
}

/** Grants that count in this environment. */
export function inEnvironment(grants: readonly Grant[], environment: string): readonly Grant[] {
  return grants.filter(({ scope }) => scope.environment === undefined || scope.environment === environment);
}

/** No segment is empty or means another folder. */
function isPlain(path: string): boolean {
  const inner = path.endsWith('/') ? path.slice(0, -1) : path;
  return !inner.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
}
