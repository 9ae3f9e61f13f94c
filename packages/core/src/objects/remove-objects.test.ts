import { describe, expect, it } from 'vitest';
import { removeObjects, type RemoveTools } from './remove-objects.ts';
import type { ObjectEntry } from '@supastor/contract/operations/objects';

function entry(path: string): ObjectEntry {
  return { path, id: path, sizeBytes: 1, mimeType: null, etag: null, cacheControl: null, createdAt: null, updatedAt: null };
}

function setUp(paths: readonly string[], pageSize = 2) {
  const stored = new Set(paths);
  const batches: (readonly string[])[] = [];
  const storage: RemoveTools['storage'] = {
    async listObjects({ prefix, cursor = '' }) {
      const found = [...stored].filter((path) => path.startsWith(prefix) && path > cursor).toSorted();
      const page = found.slice(0, pageSize);
      return { folders: [], objects: page.map(entry), nextCursor: found.length > pageSize ? (page.at(-1) ?? null) : null };
    },
    async removeObjects(_bucket, wanted) {
      return wanted.filter((path) => stored.delete(path));
    },
  };
  const tools: RemoveTools = { storage, signal: new AbortController().signal, onRemoved: (gone) => batches.push(gone) };
  return { tools, stored, batches };
}

describe('removing objects', () => {
  it('removes the paths and everything below the prefixes, page by page', async () => {
    const { tools, stored } = setUp(['a/1', 'a/2', 'a/b/3', 'a/b/4', 'ab', 'c']);
    expect(await removeObjects({ bucket: 'x', paths: ['c'], prefixes: ['a/'] }, tools)).toBe(5);
    expect([...stored]).toEqual(['ab']);
  });

  it('counts what is gone, not what was asked for', async () => {
    const { tools, batches } = setUp(['a']);
    expect(await removeObjects({ bucket: 'x', paths: ['a', 'a', 'missing'], prefixes: [] }, tools)).toBe(1);
    expect(batches).toEqual([['a']]);
  });

  it('lists a prefix inside another one only once', async () => {
    const { tools } = setUp(['a/b/1', 'a/2']);
    expect(await removeObjects({ bucket: 'x', paths: [], prefixes: ['a/b/', 'a/'] }, tools)).toBe(2);
  });

  it('stops between batches when it is aborted', async () => {
    const { tools, stored } = setUp(['a']);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(removeObjects({ bucket: 'x', paths: ['a'], prefixes: [] }, { ...tools, signal })).rejects.toThrow('enough');
    expect(stored.size).toBe(1);
  });
});
