import { expect, it } from 'vitest';
import { globToPattern } from './glob.ts';

it.each([
  ['*.png', ['a.png'], ['b/a.png', 'apng']],
  ['**/*.png', ['a.png', 'b/c/a.png'], ['a.jpg']],
  ['photos/**', ['photos/a', 'photos/b/c'], ['other/photos/a']],
  ['a?c', ['abc'], ['a/c', 'abbc']],
  ['a+(1).txt', ['a+(1).txt'], ['aa1.txt']],
])('%s', (glob, fits, others) => {
  const pattern = new RegExp(globToPattern(glob), 's');
  expect([...fits, ...others].filter((path) => pattern.test(path))).toEqual(fits);
});
