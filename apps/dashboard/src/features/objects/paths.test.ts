import { expect, test } from 'vitest';
import { baseName, chunk, crumbsOf, downloadUrl, labelOf, parentPrefix, publicUrl, toPrefix } from './paths.ts';

const NAMELESS = '(empty name)';

test.each([
  ['a/b.txt', 'b.txt', 'a/'],
  ['a/b/', 'b', 'a/'],
  ['b', 'b', ''],
  ['a/', 'a', ''],
])('%s is called %s and lies in %j', (path, name, prefix) => {
  expect(baseName(path)).toBe(name);
  expect(parentPrefix(path)).toBe(prefix);
});

test.each([
  ['a/b.txt', 'object', 'b.txt'],
  ['a/', 'folder', 'a'],
  ['a//', 'folder', NAMELESS],
  ['/', 'folder', NAMELESS],
  ['a/', 'object', NAMELESS],
  ['/b', 'object', 'b'],
] as const)('%j, an %s, is shown as %j', (path, kind, label) => {
  expect(labelOf(path, kind)).toBe(label);
});

test('folders without a name can be walked down and up', () => {
  expect(crumbsOf('a//b/')).toEqual([
    { name: 'a', prefix: 'a/' },
    { name: NAMELESS, prefix: 'a//' },
    { name: 'b', prefix: 'a//b/' },
  ]);
  expect(crumbsOf('/')).toEqual([{ name: NAMELESS, prefix: '/' }]);
  expect(['a//b/', 'a//', 'a/', '/'].map(parentPrefix)).toEqual(['a//', 'a/', '', '']);
});

test('crumbs lead from the top to the prefix', () => {
  expect(crumbsOf('')).toEqual([]);
  expect(crumbsOf('a/b c/')).toEqual([
    { name: 'a', prefix: 'a/' },
    { name: 'b c', prefix: 'a/b c/' },
  ]);
});

test.each([
  ['', ''],
  ['/', ''],
  [' /a/b// ', 'a/b/'],
  ['a', 'a/'],
])('%j typed as a folder is the prefix %j', (text, prefix) => {
  expect(toPrefix(text)).toBe(prefix);
});

test('addresses keep slashes and encode everything else', () => {
  expect(publicUrl('http://h/storage/v1/', 'a b', 'ü/50%#?.txt')).toBe('http://h/storage/v1/object/public/a%20b/%C3%BC/50%25%23%3F.txt');
});

test('a download link keeps its token and carries the name', () => {
  const url = new URL(downloadUrl('http://h/o/sign/b/a/x%20y.txt?token=t', 'a/x y&z.txt'));
  expect(Object.fromEntries(url.searchParams)).toEqual({ token: 't', download: 'x y&z.txt' });
});

test('chunks cover the list', () => {
  expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunk([], 2)).toEqual([]);
});
