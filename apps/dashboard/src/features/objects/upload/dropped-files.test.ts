import { expect, test } from 'vitest';
import { collectPicked, walkEntries } from './dropped-files.ts';

/** The browser's entry interfaces over a plain tree; a reader hands out two entries a time. */
function entryOf(fullPath: string, tree: unknown): FileSystemEntry {
  const name = fullPath.split('/').at(-1) ?? '';
  const isFile = typeof tree === 'string';
  const base: FileSystemEntry = {
    name,
    fullPath,
    isFile,
    isDirectory: !isFile,
    get filesystem(): FileSystem {
      throw new Error('not used');
    },
    getParent: () => {},
  };
  if (typeof tree === 'string') return Object.assign(base, { file: (done: (file: File) => void) => done(new File([tree], name)) });
  const children = Object.entries(Object(tree)).map(([child, value]) => entryOf(`${fullPath}/${child}`, value));
  return Object.assign(base, {
    createReader: () => ({ readEntries: (done: (entries: FileSystemEntry[]) => void) => done(children.splice(0, 2)) }),
  });
}

test('folders are walked to the bottom, more than one batch deep, in name order', async () => {
  const tree = { 'c.txt': 'c', sub: { deep: { 'x.txt': 'x' }, 'y.txt': 'y' }, 'a.txt': 'a', empty: {}, 'b.txt': 'b' };
  const files = await walkEntries([entryOf('/top', tree), entryOf('/single.txt', 's')]);
  expect(files.map((file) => file.relativePath)).toEqual([
    'top/a.txt',
    'top/b.txt',
    'top/c.txt',
    'top/sub/deep/x.txt',
    'top/sub/y.txt',
    'single.txt',
  ]);
  expect(await files[3]?.file.text()).toBe('x');
});

test('picked files keep the folder they were picked with and come in name order', () => {
  const plain = new File([''], 'a.txt');
  const later = new File([''], 'a10.txt');
  const earlier = new File([''], 'a9.txt');
  const nested = Object.defineProperty(new File([''], 'b.txt'), 'webkitRelativePath', { value: 'dir/b.txt' });
  expect(collectPicked([nested, later, earlier, plain]).map((file) => file.relativePath)).toEqual([
    'a.txt',
    'a9.txt',
    'a10.txt',
    'dir/b.txt',
  ]);
});
