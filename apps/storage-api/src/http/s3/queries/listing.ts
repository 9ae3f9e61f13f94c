import { BEYOND, LEAST, successor } from '../../../metadata/key-range.ts';
import type { ObjectMetadata } from '../../../metadata/object-queries.ts';
import { type Step, step } from '../../../metadata/step.ts';

/** An object, or a common prefix whose fields are null. */
export interface ListedEntry {
  readonly entry: string;
  readonly is_prefix: boolean;
  readonly metadata: Partial<ObjectMetadata> | null;
  readonly size_bytes: string | null;
  readonly updated_at: Date | null;
  readonly owner_id: string | null;
}

export interface ListingQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** Key or common prefix after which the page begins; empty for the start. */
  readonly after: string;
  readonly limit: number;
}

const LIST = { name: 's3_list_entries', text: 'select * from storage.s3_list_entries($1, $2, $3, $4, $5, $6, $7)' };

/** One page of keys and common prefixes in the order of UTF-8 bytes. */
export function listEntries({ bucket, prefix, delimiter, after, limit }: ListingQuery): Step<ListedEntry> {
  const from = lowerBound(prefix, delimiter, after);
  return step(LIST, [bucket, prefix, delimiter, successor(delimiter), from, prefix + BEYOND, limit]);
}

function lowerBound(prefix: string, delimiter: string, after: string): string {
  if (after === '') return prefix;
  const isCommonPrefix = delimiter !== '' && after.startsWith(prefix) && after.length > prefix.length && after.endsWith(delimiter);
  const bound = isCommonPrefix ? after.slice(0, -delimiter.length) + successor(delimiter) : after + LEAST;
  return Buffer.compare(Buffer.from(bound), Buffer.from(prefix)) > 0 ? bound : prefix;
}
