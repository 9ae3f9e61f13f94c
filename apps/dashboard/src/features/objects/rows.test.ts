import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { expect, test } from 'vitest';
import { objectBeside, rowsOf } from './rows.ts';

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

test('the rows of a page are made once, however many pages follow', () => {
  const first = { folders: ['p/b/'], objects: [entry('p/a.txt')] };
  const rows = rowsOf([first]);
  const more = rowsOf([first, { folders: [], objects: [entry('p/c.txt')] }]);
  expect(more.slice(0, 2).map((row, index) => row === rows[index])).toEqual([true, true]);
});

test('the object beside another one is found past folders', () => {
  const rows = rowsOf([
    { folders: ['b/'], objects: [entry('a')] },
    { folders: ['d/'], objects: [entry('c')] },
  ]);
  expect([objectBeside(rows, 1, 1)?.key, objectBeside(rows, 3, -1)?.key]).toEqual(['c', 'a']);
  expect([objectBeside(rows, 1, -1), objectBeside(rows, 3, 1)]).toEqual([undefined, undefined]);
});
