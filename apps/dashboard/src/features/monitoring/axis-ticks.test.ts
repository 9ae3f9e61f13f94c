import { expect, test } from 'vitest';
import { timeTicks, valueTicks } from './axis-ticks.ts';

const at = (hour: number, minute: number) => new Date(2026, 10, 26, hour, minute).getTime();

test('an hour is read in steps of fifteen minutes, from round times', () => {
  expect(timeTicks(at(2, 33), at(3, 33), 5)).toEqual([at(2, 45), at(3, 0), at(3, 15), at(3, 30)]);
});

test('a week is read by days, at midnight', () => {
  const week = timeTicks(new Date(2026, 10, 19, 8).getTime(), at(8, 0), 8);
  expect(week).toHaveLength(7);
  expect(week[0]).toBe(new Date(2026, 10, 20).getTime());
});

test('a period of no length has no times', () => {
  expect(timeTicks(at(1, 0), at(1, 0), 5)).toEqual([]);
});

test.each([
  [2.6, [0, 1, 2, 3]],
  [0.31, [0, 0.1, 0.2, 0.3, 0.4]],
  [271_000_000_000, [0, 100_000_000_000, 200_000_000_000, 300_000_000_000]],
  [97, [0, 50, 100]],
  [0, [0, 0.5]],
])('up to %d is read at round values', (highest, ticks) => {
  expect(valueTicks(highest)).toEqual(ticks);
});

test('what is counted has no halves', () => {
  expect(valueTicks(0, { whole: true })).toEqual([0, 1]);
  expect(valueTicks(3, { whole: true })).toEqual([0, 1, 2, 3]);
});
