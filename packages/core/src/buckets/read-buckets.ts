import { SupastorError } from '@supastor/contract/errors';
import type { Bucket } from '@supastor/contract/operations/buckets';
import type { StorageAdmin } from '../objects/storage-admin.port.ts';

interface BucketQuery {
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** The buckets with these names that exist, one by one: a page for someone who reaches only a few. */
export async function readBuckets(
  names: readonly string[],
  { search = '', limit, offset }: BucketQuery,
  { storage, signal }: { readonly storage: Pick<StorageAdmin, 'getBucket'>; readonly signal: AbortSignal },
): Promise<Bucket[]> {
  const found: Bucket[] = [];
  for (const name of names.filter((candidate) => candidate.toLowerCase().includes(search.toLowerCase()))) {
    const bucket = await storage.getBucket(name, signal).catch(noneWhenMissing);
    if (bucket) found.push(bucket);
  }
  return found.slice(offset, offset + limit);
}

function noneWhenMissing(error: unknown): null {
  if (error instanceof SupastorError && error.code === 'SJ_NOT_FOUND') return null;
  throw error;
}
