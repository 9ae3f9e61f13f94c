import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { expect, test } from 'vitest';
import { rowsOf } from './rows.ts';

function entry(path: string): ObjectEntry {
  return { path, id: path, sizeBytes: 1, mimeType: null, etag: null, cacheControl: null, createdAt: null, updatedAt: null };
}

test('folders come first within a page, later pages only append, and a folder shows once', () => {
  const first = { folders: ['p/b/'], objects: [entry('p/a.txt')] };
  const second = { folders: ['p/b/', 'p/d/'], objects: [entry('p/c.txt')] };
  expect(rowsOf([first, second]).map((row) => [row.kind, row.key, row.name])).toEqual([
    ['folder', 'p/b/', 'b'],
    ['object', 'p/a.txt', 'a.txt'],
    ['folder', 'p/d/', 'd'],
    ['object', 'p/c.txt', 'c.txt'],
  ]);
});
