import type { ScopeTarget } from '../access/scope.ts';
import {
  type LinkRevoke,
  linkPageSchema,
  linkQuerySchema,
  linkRevokedSchema,
  linkRevokeSchema,
  linkSelectionProblem,
} from '../wire/signed-link.ts';
import { defineOperation } from './define.ts';

const NEEDS_BUCKET = { error: 'a prefix or path needs its bucket' };
const hasBucket = (input: Pick<LinkRevoke, 'bucket' | 'prefix' | 'path'>) => linkSelectionProblem(input) === null;

/** A folder, an object or a bucket; without any of them all of the installation. */
function targetsOf({ bucket, prefix, path }: Pick<LinkRevoke, 'bucket' | 'prefix' | 'path'>): readonly ScopeTarget[] {
  if (bucket === undefined) return [{}];
  const place = path ?? prefix;
  return [place === undefined ? { bucket } : { bucket, path: place }];
}

export const linksList = defineOperation({
  name: 'links.list',
  summary: 'Signed links: for what, by whom, how often used, until when; newest first',
  input: linkQuerySchema.refine(hasBucket, NEEDS_BUCKET),
  output: linkPageSchema,
  permission: 'links:read',
  scope: targetsOf,
  effect: 'read',
  rest: { method: 'GET', path: '/links' },
});

export const linksRevoke = defineOperation({
  name: 'links.revoke',
  summary: 'Refuse signed links from now on: some by id, or all of a user, an object, a folder or a bucket',
  input: linkRevokeSchema
    .refine(hasBucket, NEEDS_BUCKET)
    .refine((input) => Object.values(input).some((value) => value !== undefined), { error: 'name ids, a subject or a bucket' }),
  output: linkRevokedSchema,
  permission: 'links:revoke',
  scope: targetsOf,
  effect: 'destructive',
  rest: { method: 'POST', path: '/links/revoke' },
});
