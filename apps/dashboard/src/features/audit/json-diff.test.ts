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

test('what is too long to compare is shown as it was and as it is', () => {
  const [before, after] = ['a', 'b'].map((mark) => Array.from({ length: 3000 }, (_, index) => `${mark}${index}`));
  const lines = text(before, after);
  expect(lines.length).toBe(2 * 3002);
  expect([lines[0], lines[1], lines.at(-2)]).toEqual(['-[', '-  "a0",', '+  "b2999"']);
});
