import { expect, test } from 'vitest';
import { diffJson } from './json-diff.ts';

const text = (before: unknown, after: unknown) => diffJson(before, after).map(({ sign, text: line }) => `${sign}${line}`);

test('what was changed stands below each other, what stayed is kept', () => {
  expect(text({ id: 'a', public: false }, { id: 'a', public: true })).toEqual([
    ' {',
    '   "id": "a",',
    '-  "public": false',
    '+  "public": true',
    ' }',
  ]);
});

test('an added field does not change the line above it, though that gains a comma', () => {
  expect(text({ id: 'a' }, { id: 'a', limit: 5 })).toEqual([' {', '   "id": "a",', '+  "limit": 5', ' }']);
});

test('equal values have no change', () => {
  expect(diffJson([1, { a: null }], [1, { a: null }]).every(({ sign }) => sign === ' ')).toBe(true);
});
