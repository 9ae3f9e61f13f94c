import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { chunk } from './paths.ts';

const PAGE_SIZE = 200;
const PREVIEW_LINK_SECONDS = 3600;

/** One folder, page by page. */
export function folderQuery(bucket: string, prefix: string) {
  return infiniteQueryOptions({
    queryKey: keys.folder(bucket, prefix),
    queryFn: ({ pageParam, signal }) =>
      call(operations.objectsList, { bucket, prefix, limit: PAGE_SIZE, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
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

/** Deletes objects and everything under prefixes, in as many calls as it takes. Returns how many objects are gone. */
export async function removeAll(bucket: string, paths: readonly string[], prefixes: readonly string[]): Promise<number> {
  let removed = 0;
  for (const part of chunk(paths, 1000)) removed += (await call(operations.objectsRemove, { bucket, paths: part })).removed;
  for (const part of chunk(prefixes, 100)) removed += (await call(operations.objectsRemove, { bucket, prefixes: part })).removed;
  return removed;
}
