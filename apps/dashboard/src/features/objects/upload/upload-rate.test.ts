import { expect, test } from 'vitest';
import { addSample, type RateSample, rateOf, secondsLeft } from './upload-rate.ts';

test('the rate is that of the last ten seconds', () => {
  const at = [0, 5000, 12_000, 14_000].map((atMs): RateSample => ({ atMs, sentBytes: atMs * 2 }));
  const samples = at.reduce<RateSample[]>((before, sample) => addSample(before, sample), []);
  expect(samples.map(({ atMs }) => atMs)).toEqual([5000, 12_000, 14_000]);
  expect(rateOf(samples)).toBe(2000);
});

test('too little is no rate', () => {
  expect(rateOf([])).toBeNull();
  expect(
    rateOf([
      { atMs: 0, sentBytes: 0 },
      { atMs: 500, sentBytes: 9 },
    ]),
  ).toBeNull();
});

test('the time left is rounded up, and unknown while nothing moves', () => {
  expect(secondsLeft(1001, 100)).toBe(11);
  expect(secondsLeft(1001, 0)).toBeNull();
  expect(secondsLeft(1001, null)).toBeNull();
});
