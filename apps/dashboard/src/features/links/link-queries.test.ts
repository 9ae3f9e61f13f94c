import { expect, test } from 'vitest';
import { parseLinkFilter } from './link-queries.ts';

test('a prefix without its bucket is left out, and so is what nobody knows', () => {
  expect(parseLinkFilter({ prefix: 'a/', state: 'odd', subject: ' ' })).toEqual({});
  expect(parseLinkFilter({ bucket: 'photos', prefix: 'a/', state: 'live', other: 1 })).toEqual({
    bucket: 'photos',
    prefix: 'a/',
    state: 'live',
  });
});
