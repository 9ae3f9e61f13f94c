import type { Scope } from '@supastor/contract/access/scope';
import type { S3Key, S3KeyUpdate, S3KeyVerb } from '@supastor/contract/wire/s3-key';
import { refuseMore } from '../access/delegation.ts';
import type { GrantHolder } from '../access/grant.ts';

/** What somebody must be able to do in the control plane to hand out a key for it. */
const PERMISSIONS: Readonly<Record<S3KeyVerb, readonly string[]>> = {
  list: ['objects:read'],
  read: ['objects:read'],
  write: ['objects:write'],
  delete: ['objects:delete'],
  manage: ['buckets:write', 'buckets:delete'],
};

type Reach = Pick<S3Key, 'verbs' | 'buckets' | 'prefixes'>;

/**
 * Nobody makes, widens or takes over an S3 key that does more than they may do.
 * @throws SJ_FORBIDDEN naming what is missing
 */
export function refuseStrongerKey({ grants }: GrantHolder, key: Reach): void {
  // What counts here was chosen by environment already, and a key works in the environment of its server only.
  const here = { grants: grants.map((grant) => ({ ...grant, scope: withoutEnvironment(grant.scope) })) };
  const permissions = [...new Set(key.verbs.flatMap((verb) => PERMISSIONS[verb]))];
  for (const scope of scopesOf(key)) refuseMore(here, { permissions, scope }, 'An S3 key');
}

/** Whether a change can only take something away from a key. */
export function onlyDisables(changes: S3KeyUpdate): boolean {
  const { name: _name, enabled, ...rest } = changes;
  return enabled !== true && Object.values(rest).every((value) => value === undefined);
}

function scopesOf({ buckets, prefixes }: Reach): readonly Scope[] {
  return buckets.flatMap((bucket): readonly Scope[] => {
    if (bucket.endsWith('*')) return [{}];
    const folders = prefixes.filter((prefix) => prefix.endsWith('/'));
    return folders.length > 0 && folders.length === prefixes.length ? folders.map((prefix) => ({ bucket, prefix })) : [{ bucket }];
  });
}

function withoutEnvironment({ environment: _environment, ...scope }: Scope): Scope {
  return scope;
}
