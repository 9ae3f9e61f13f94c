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

/** Addresses of the pictures among the rows that are small enough to be shown as they are; by key. */
export function useThumbnails(bucket: string, rows: readonly Row[]): ReadonlyMap<string, string> {
  const paths = rows.flatMap((row) => (row.kind === 'object' && isThumbnail(row) ? [row.key] : []));
  return useQueries({
    queries: chunk(paths, BATCH).map((part) => ({
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
