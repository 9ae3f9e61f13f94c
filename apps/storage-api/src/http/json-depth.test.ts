import { expect, test } from 'vitest';
import { isNestedDeeper } from './json-depth.ts';

test.each([
  ['{"a":[{"b":1}]}', 3, false],
  ['{"a":[{"b":1}]}', 2, true],
  ['[[],[],[]]', 2, false],
  ['{"a":"[[[[[[\\"[[[["}', 1, false],
  ['{"a\\\\":[[1]]}', 2, true],
  ['', 0, false],
])('%s nested deeper than %i: %s', (text, most, expected) => {
  expect(isNestedDeeper(text, most)).toBe(expected);
});
