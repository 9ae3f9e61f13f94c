import type { LinkState } from '@supastor/contract/wire/signed-link';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const PAGE = 100;

/** What the ledger is narrowed to; lives in the page's address. A prefix counts within a bucket only. */
export interface LinkFilter {
  readonly bucket?: string;
  readonly prefix?: string;
  readonly subject?: string;
  readonly state?: LinkState;
}

/** Reads a filter from an address; what it does not know is left out. */
export function parseLinkFilter(search: Readonly<Record<string, unknown>>): LinkFilter {
  const { state } = search;
  const bucket = textOf(search['bucket']);
  const prefix = textOf(search['prefix']);
  const subject = textOf(search['subject']);
  return {
    ...(bucket !== '' && { bucket }),
    ...(bucket !== '' && prefix !== '' && { prefix }),
    ...(subject !== '' && { subject }),
    ...((state === 'live' || state === 'expired' || state === 'revoked') && { state }),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** Signed links, newest first. */
export function linksQuery(filter: LinkFilter) {
  return infiniteQueryOptions({
    queryKey: keys.links({ ...filter }),
    queryFn: ({ signal, pageParam }) =>
      call(operations.linksList, { ...filter, limit: PAGE, ...(pageParam !== '' && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });
}
