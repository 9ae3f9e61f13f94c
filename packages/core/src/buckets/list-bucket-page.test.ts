import { describe, expect, it } from 'vitest';
import { listBucketPage } from './list-bucket-page.ts';

const signal = new AbortController().signal;

function bucketsOf(names: Set<string>) {
  return {
    async listBuckets({ limit, offset }: { readonly limit: number; readonly offset: number }) {
      const rows = [...names].toSorted().slice(offset, offset + limit);
      const rest = {
        public: false,
        file_size_limit: null,
        allowed_mime_types: null,
        versioning_status: 'DISABLED' as const,
        created_at: '',
        updated_at: '',
      };
      return rows.map((name) => ({ id: name, name, ...rest }));
    },
  };
}

async function page(names: Set<string>, cursor?: string) {
  const { buckets, nextCursor } = await listBucketPage({ limit: 2, offset: 0, cursor }, bucketsOf(names), signal);
  return { names: buckets.map(({ name }) => name), nextCursor };
}

describe('a page of buckets', () => {
  it('leads to the next one, and the last says that it is', async () => {
    const names = new Set(['a', 'b', 'c']);
    const first = await page(names);
    expect(first.names).toEqual(['a', 'b']);
    expect(await page(names, first.nextCursor ?? '')).toEqual({ names: ['c'], nextCursor: null });
  });

  it('goes on after the last bucket seen, though others were made or deleted before it', async () => {
    const names = new Set(['a', 'b', 'c', 'd']);
    const { nextCursor } = await page(names);
    names.add('a1').add('a2');
    expect((await page(names, nextCursor ?? '')).names).toEqual(['c', 'd']);
    for (const gone of ['a', 'a1', 'a2', 'b']) names.delete(gone);
    expect((await page(names, nextCursor ?? '')).names).toEqual(['c', 'd']);
  });

  it('refuses a cursor that nobody gave out', async () => {
    for (const cursor of ['x', 'bDp4', Buffer.from('[0,"a"]').toString('base64url'), Buffer.from('{}').toString('base64url')]) {
      await expect(page(new Set(['a']), cursor)).rejects.toMatchObject({ code: 'SJ_INPUT_INVALID' });
    }
  });
});
