import { expect, test } from 'vitest';
import { findExcess } from './json-size.ts';

test.each([
  ['{"a":[{"b":1}]}', 3, null],
  ['{"a":[{"b":1}]}', 2, 'depth'],
  ['[[],[],[]]', 2, null],
  ['{"a":"[[[[[[\\"[[[["}', 1, null],
  ['{"a\\\\":[[1]]}', 2, 'depth'],
  ['', 0, null],
])('%s in at most %i levels: %s', (text, depth, expected) => {
  expect(findExcess(text, { depth, values: 100 })).toBe(expected);
});

test.each([
  ['[1,2,3]', 3, null],
  ['[1,2,3]', 2, 'values'],
  ['{"a":[1,2],"b":3}', 2, 'values'],
  ['["a,b,c,d"]', 1, null],
])('%s of at most %i values: %s', (text, values, expected) => {
  expect(findExcess(text, { depth: 10, values })).toBe(expected);
});
