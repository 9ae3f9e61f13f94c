import { SupastorError } from '@supastor/contract/errors';
import type { Bucket } from '@supastor/contract/operations/buckets';
import type { BucketQuery, StorageAdmin } from '../objects/storage-admin.port.ts';

interface BucketPage {
  readonly buckets: Bucket[];
  readonly nextCursor: string | null;
}

type Request = BucketQuery & { readonly cursor?: string | undefined };
type Source = Pick<StorageAdmin, 'listBuckets'>;

const SCAN_PAGE = 500;

/** One page of buckets by name. The protocol pages by offset only, so the cursor also names the last bucket and finds it again when others came or went. */
export async function listBucketPage(
  { cursor, search, limit, offset }: Request,
  storage: Source,
  signal: AbortSignal,
): Promise<BucketPage> {
  const start = cursor === undefined ? offset : await positionAfter(readCursor(cursor), { search, storage, signal });
  const found = await storage.listBuckets({ search, limit: limit + 1, offset: start }, signal);
  const buckets = found.slice(0, limit);
  const last = buckets.at(-1);
  return { buckets, nextCursor: found.length > limit && last ? writeCursor({ offset: start + buckets.length, name: last.name }) : null };
}

interface Position {
  readonly offset: number;
  readonly name: string;
}

interface Scan {
  readonly search: string | undefined;
  readonly storage: Source;
  readonly signal: AbortSignal;
}

/** Offset of the first bucket after the named one. */
async function positionAfter({ offset, name }: Position, { search, storage, signal }: Scan): Promise<number> {
  const [there] = await storage.listBuckets({ search, limit: 1, offset: offset - 1 }, signal);
  if (there?.name === name) return offset;
  for (let start = 0; ; start += SCAN_PAGE) {
    const page = await storage.listBuckets({ search, limit: SCAN_PAGE, offset: start }, signal);
    const index = page.findIndex((bucket) => bucket.name >= name);
    if (index !== -1) return start + index + (page[index]?.name === name ? 1 : 0);
    if (page.length < SCAN_PAGE) return start + page.length;
  }
}

function writeCursor({ offset, name }: Position): string {
  return Buffer.from(JSON.stringify([offset, name])).toString('base64url');
}

function readCursor(cursor: string): Position {
  const value = parse(Buffer.from(cursor, 'base64url').toString());
  const [offset, name]: readonly unknown[] = Array.isArray(value) ? value : [];
  if (typeof offset === 'number' && Number.isInteger(offset) && offset > 0 && offset < 1e9 && typeof name === 'string')
    return { offset, name };
  throw new SupastorError('SJ_INPUT_INVALID', 'cursor: not one that this operation gave out', {
    hint: 'Begin again without a cursor.',
    meta: { errors: [{ path: 'cursor', message: 'not one that this operation gave out' }] },
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
