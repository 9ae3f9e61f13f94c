import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { chunk } from './paths.ts';

/** The first page is small, so that it is there at once; whoever scrolls further gets more at a time. */
const FIRST_PAGE = 200;
const LATER_PAGE = 1000;
const PREVIEW_LINK_SECONDS = 3600;
/** Following a change means to ask for every page again: with more than these it would be all that the page does. */
const MAX_FOLLOWED_PAGES = 10;

/** Whether a folder is short enough to be asked for again, as a whole, whenever something in its bucket changes. */
export function isFollowed({ state }: { readonly state: { readonly data: InfiniteData<unknown> | undefined } }): boolean {
  return (state.data?.pages.length ?? 0) <= MAX_FOLLOWED_PAGES;
}

/** One folder, page by page; with `startsWith` only names that begin so. Long ones stay as they are until they are reset. */
export function folderQuery(bucket: string, prefix: string, startsWith = '') {
  return infiniteQueryOptions({
    queryKey: [...keys.folder(bucket, prefix), startsWith],
    queryFn: ({ pageParam, signal }) => {
      const input = { bucket, prefix, ...(startsWith === '' ? {} : { startsWith }) };
      const page = pageParam === null ? { limit: FIRST_PAGE } : { limit: LATER_PAGE, cursor: pageParam };
      return call(operations.objectsList, { ...input, ...page }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled: isFollowed,
  });
}

/** A signed link for looking at an object, kept well within its lifetime. */
export function previewLinkQuery(bucket: string, path: string, etag: string | null) {
  return queryOptions({
    queryKey: [...keys.link(bucket, path), etag],
    queryFn: () => signOne(bucket, path, PREVIEW_LINK_SECONDS),
    staleTime: (PREVIEW_LINK_SECONDS / 2) * 1000,
  });
}

/** A signed link to one object. */
export async function signOne(bucket: string, path: string, expiresInSeconds: number): Promise<string> {
  const [url] = await signMany(bucket, [path], expiresInSeconds);
  if (url === undefined) throw new Error(`No link came back for ${path}.`);
  return url;
}

/** Signed links, in the order of the paths. Fails when any of them fails. */
export async function signMany(bucket: string, paths: readonly string[], expiresInSeconds: number): Promise<string[]> {
  const { links } = await call(operations.objectsSign, { bucket, paths: [...paths], expiresInSeconds });
  return links.map((link) => {
    if (link.url === null) throw new Error(`${link.path}: ${link.error ?? 'no link'}`);
    return link.url;
  });
}

/** Deletes objects, in as many calls as it takes. Returns how many are gone. */
export async function removeAll(bucket: string, paths: readonly string[]): Promise<number> {
  let removed = 0;
  for (const part of chunk(paths, 1000)) removed += (await call(operations.objectsRemove, { bucket, paths: part })).removed;
  return removed;
}

/** Brings deleted objects back, a few at a time. */
export async function restoreAll(bucket: string, paths: readonly string[]): Promise<void> {
  for (const part of chunk(paths, 6)) await Promise.all(part.map((path) => call(operations.objectsRestore, { bucket, path })));
}
