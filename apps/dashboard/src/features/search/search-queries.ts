import { infiniteQueryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

export const SORTS = ['name', 'largest', 'newest', 'oldest'] as const;

/** What the address of the page says. `text` with a `*` or `?` is a glob over the whole path. */
export interface SearchQuestion {
  readonly text?: string;
  readonly bucket?: string;
  readonly type?: string;
  readonly sort?: string;
}

/** The question as the operation takes it. */
export function toSearchInput({ text, bucket, type, sort }: SearchQuestion) {
  const isGlob = text !== undefined && /[*?]/.test(text);
  return {
    ...(text !== undefined && (isGlob ? { glob: text } : { text })),
    ...(bucket !== undefined && { bucket }),
    ...(type !== undefined && { type }),
    sort: SORTS.find((each) => each === sort) ?? ('name' as const),
    limit: 100,
  };
}

export function searchQuery(question: SearchQuestion) {
  const input = toSearchInput(question);
  return infiniteQueryOptions({
    queryKey: keys.search(input),
    queryFn: ({ signal, pageParam }) =>
      call(operations.objectsSearch, { ...input, ...(pageParam !== '' && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 5000,
  });
}
