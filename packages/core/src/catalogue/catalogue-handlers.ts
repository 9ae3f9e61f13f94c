import { SupastorError } from '@supastor/contract/errors';
import { objectsSearch, usageGet } from '@supastor/contract/operations/catalogue';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { requireDatabase } from '../operations/require-database.ts';
import { globToPattern } from './glob.ts';
import type { ObjectCatalogue, ObjectConditions } from './object-catalogue.port.ts';

/** Null: the server has no database. */
type Context = OperationContext<{ readonly catalogue: ObjectCatalogue | null }>;

export const catalogueHandlers = {
  'objects.search': implement(objectsSearch, async ({ sort, limit, cursor, ...conditions }, { deps }: Context) => {
    const after = cursor === undefined ? null : readCursor(cursor);
    const found = await requireCatalogue(deps.catalogue).search(toConditions(conditions), { order: sort, limit: limit + 1, after });
    const objects = found.slice(0, limit);
    const last = objects.at(-1);
    const hasMore = found.length > limit && last !== undefined && sort === 'name';
    return { objects, nextCursor: hasMore ? writeCursor(last) : null };
  }),

  'usage.get': implement(usageGet, async ({ by, limit, ...conditions }, { deps }: Context) => {
    const { total, groups } = await requireCatalogue(deps.catalogue).usage(toConditions(conditions), by, limit);
    const shown = groups.reduce((sum, { objects, bytes }) => ({ objects: sum.objects + objects, bytes: sum.bytes + bytes }), {
      objects: 0,
      bytes: 0,
    });
    return { total, groups: [...groups], rest: { objects: total.objects - shown.objects, bytes: total.bytes - shown.bytes } };
  }),
};

type Asked = Omit<ObjectConditions, 'pattern' | 'metadata'> & {
  readonly glob?: string | undefined;
  readonly metadata?: string | undefined;
};

function toConditions({ glob, metadata, ...same }: Asked): ObjectConditions {
  const at = metadata?.indexOf('=') ?? -1;
  return {
    ...same,
    ...(glob !== undefined && { pattern: globToPattern(glob) }),
    ...(metadata !== undefined && { metadata: { name: metadata.slice(0, at), value: metadata.slice(at + 1) } }),
  };
}

function writeCursor({ bucket, path }: { readonly bucket: string; readonly path: string }): string {
  return Buffer.from(JSON.stringify([bucket, path])).toString('base64url');
}

function readCursor(cursor: string): { readonly bucket: string; readonly path: string } {
  try {
    const [bucket, path]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof bucket === 'string' && typeof path === 'string' && !`${bucket}${path}`.includes('\0')) return { bucket, path };
  } catch {
    // Falls through to the same complaint.
  }
  const message = 'is not one that a search gave';
  throw new SupastorError('SJ_INPUT_INVALID', `cursor: ${message}`, {
    hint: 'Start again without a cursor.',
    meta: { errors: [{ path: 'cursor', message }] },
  });
}

function requireCatalogue(catalogue: ObjectCatalogue | null): ObjectCatalogue {
  return requireDatabase(catalogue, 'cannot search objects');
}
