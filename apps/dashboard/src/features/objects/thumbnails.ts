import { useQueries } from '@tanstack/react-query';
import { keys } from '../../api/query-keys.ts';
import { signMany } from './object-queries.ts';
import { chunk } from './paths.ts';
import { previewKind } from './preview/preview-kind.ts';
import type { Row } from './rows.ts';

/** Larger pictures show their icon: a wall of them would load for minutes. */
const MAX_BYTES = 2_000_000;
const LINK_SECONDS = 3600;
const BATCH = 24;

interface Span {
  readonly from: number;
  /** The first that is no longer in it. */
  readonly until: number;
}

/**
 * Addresses of the pictures in a part of the rows that are small enough to be shown as they are; by key. Always signed in the same
 * batches, wherever the part begins: scrolling a line neither signs nor loads again what is shown already.
 */
export function useThumbnails(bucket: string, rows: readonly Row[], { from, until }: Span): ReadonlyMap<string, string> {
  const start = Math.floor(from / BATCH) * BATCH;
  const batches = chunk(rows.slice(start, Math.ceil(until / BATCH) * BATCH), BATCH)
    .map((batch) => batch.flatMap((row) => (row.kind === 'object' && isThumbnail(row) ? [row.key] : [])))
    .filter((paths) => paths.length > 0);
  return useQueries({
    queries: batches.map((part) => ({
      queryKey: [...keys.link(bucket, part.join('\n')), 'thumbnails'],
      queryFn: async () => (await signMany(bucket, part, LINK_SECONDS)).map((url, index) => [part[index] ?? '', url] as const),
      staleTime: (LINK_SECONDS / 2) * 1000,
      retry: false,
    })),
    combine: (results) => new Map(results.flatMap(({ data }) => data ?? [])),
  });
}

function isThumbnail({ object }: Extract<Row, { kind: 'object' }>): boolean {
  const size = object.sizeBytes ?? Number.POSITIVE_INFINITY;
  return size > 0 && size <= MAX_BYTES && previewKind(object) === 'image';
}
