import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { keys } from '../../api/query-keys.ts';
import { folderQuery } from './object-queries.ts';

afterEach(() => vi.unstubAllGlobals());

/** A folder that never ends, watched, with so many pages loaded. */
async function watchFolder(pages: number) {
  const fetch = vi.fn(async () => Response.json({ folders: [], objects: [], nextCursor: 'next' }));
  vi.stubGlobal('fetch', fetch);
  const client = new QueryClient();
  const observer = new InfiniteQueryObserver(client, folderQuery('b', 'p/'));
  const stop = observer.subscribe(() => {});
  await observer.refetch();
  for (let page = 1; page < pages; page += 1) await observer.fetchNextPage();
  fetch.mockClear();
  return { client, fetch, stop, observer };
}

test('a folder of ten pages is asked for again when its bucket changes', async () => {
  const { client, fetch, stop } = await watchFolder(10);
  await client.invalidateQueries({ queryKey: keys.objects('b') });
  expect(fetch).toHaveBeenCalledTimes(10);
  stop();
});

test('a longer one is only marked, still gets further pages, and begins anew when it is reset', async () => {
  const { client, fetch, stop, observer } = await watchFolder(11);
  await client.invalidateQueries({ queryKey: keys.objects('b') });
  expect(fetch).not.toHaveBeenCalled();
  expect(client.getQueryState(folderQuery('b', 'p/').queryKey)?.isInvalidated).toBe(true);
  await observer.fetchNextPage();
  expect(observer.getCurrentResult().data?.pages).toHaveLength(12);
  await client.resetQueries({ queryKey: folderQuery('b', 'p/').queryKey, exact: true });
  expect(observer.getCurrentResult().data?.pages).toHaveLength(1);
  stop();
});
