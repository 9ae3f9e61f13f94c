import { expect, test } from 'vitest';
import { highestOf, isLonely, newestOf, toRows } from './chart-rows.ts';
import { formatValue } from './format-value.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 26, 0, minute)).toISOString();

test('lines are put under each other by time, with gaps where nothing was measured', () => {
  const rows = toRows({
    all: [
      { at: at(1), value: 2 },
      { at: at(0), value: null },
    ],
    failed: [{ at: at(1), value: 0 }],
  });
  expect(rows).toEqual([
    { atMs: Date.parse(at(0)), all: null },
    { atMs: Date.parse(at(1)), all: 2, failed: 0 },
  ]);
});

test('the newest value is the last that was measured', () => {
  expect(
    newestOf([
      { at: at(0), value: 3 },
      { at: at(1), value: null },
    ]),
  ).toBe(3);
  expect(newestOf([{ at: at(0), value: null }])).toBeNull();
});

test('a value without neighbours is found, and the highest of all', () => {
  const rows = toRows({
    all: [
      { at: at(0), value: 4 },
      { at: at(1), value: null },
      { at: at(2), value: 7 },
      { at: at(3), value: 1 },
    ],
  });
  expect([0, 1, 2, 3].map((index) => isLonely(rows, 'all', index))).toEqual([true, false, false, false]);
  expect(highestOf(rows, ['all', 'other'])).toBe(7);
  expect(highestOf([], ['all'])).toBe(0);
});

test.each([
  ['bytes', 1_500_000, '1.5 MB'],
  ['bytes/s', 2048, '2.05 KB/s'],
  ['requests/s', 0.25, '0.25/s'],
  ['seconds', 0.0042, '4.2 ms'],
  ['seconds', 0, '0 ms'],
  ['seconds', 12.34, '12.3 s'],
  ['count', 1234, '1,234'],
] as const)('%s: %d reads as %s', (unit, value, text) => {
  expect(formatValue(value, unit)).toBe(text);
});
