import { expect, test } from 'vitest';
import { entryName } from './entry-name.ts';

const box = (prefix: string) => ({ bucket: 'box', prefix });

test.each([
  ['', 'a.txt', 1, 'box/a.txt'],
  ['x/y/', 'x/y/z/a.txt', 1, 'y/z/a.txt'],
  ['x/', 'x/empty/', 0, 'x/empty/'],
  ['x/', 'x/', 0, 'x/'],
  ['x/', 'x/odd/', 5, 'x/odd/_'],
  ['', '../../etc/passwd', 1, 'box/_/_/etc/passwd'],
  ['', '/root', 1, 'box/_/root'],
  ['', 'a//b', 1, 'box/a/_/b'],
  ['', 'C:\\boot.ini', 1, 'box/C__boot.ini'],
  ['../', '../a', 1, '_/a'],
  ['', 'grün/日.txt', 1, 'box/grün/日.txt'],
])('in an archive of %j, %j of %i bytes is %j', (prefix, key, sizeBytes, name) => {
  expect(entryName(box(prefix), key, sizeBytes)).toBe(name);
});
