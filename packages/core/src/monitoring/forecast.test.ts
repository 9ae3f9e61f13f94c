import { expect, test } from 'vitest';
import { forecastDisk, growthPerDay } from './forecast.ts';

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;
const GB = 1e9;

const days = (count: number, bytesAt: (day: number, index: number) => number) =>
  Array.from({ length: count * 96 }, (_, index) => ({
    atMs: NOW_MS - (count * 96 - index) * QUARTER_MS,
    bytes: bytesAt(index / 96, index),
  }));

test('steady growth gives a date and a range around it', () => {
  const noise = (index: number) => Math.sin(index * 12.9898) * GB;
  const samples = days(7, (day, index) => 100 * GB + day * 10 * GB + noise(index));
  const forecast = forecastDisk(samples, 100 * GB, NOW_MS);
  expect(forecast.state).toBe('growing');
  expect((forecast.bytesPerDay ?? 0) / GB).toBeCloseTo(10, 1);
  const [earliest, full, latest] = [forecast.earliestAt, forecast.fullAt, forecast.latestAt].map(
    (at) => (Date.parse(at ?? '') - NOW_MS) / DAY_MS,
  );
  expect(full).toBeCloseTo(10, 0);
  expect(earliest).toBeLessThan(full ?? 0);
  expect(latest).toBeGreaterThan(full ?? 0);
});

test('a week that goes up and down has no date', () => {
  const samples = days(7, (day) => 100 * GB + Math.sin(day * 2 * Math.PI) * 20 * GB);
  expect(forecastDisk(samples, 100 * GB, NOW_MS)).toMatchObject({ state: 'steady', fullAt: null, earliestAt: null });
});

test('one large upload in the middle of the week is not taken for growth with certainty', () => {
  const samples = days(7, (day) => (day < 3.5 ? 100 * GB : 150 * GB));
  const forecast = forecastDisk(samples, 100 * GB, NOW_MS);
  expect([forecast.state, forecast.latestAt]).toEqual(['steady', null]);
});

test('a disk that empties, or lasts for decades, has no date', () => {
  expect(
    forecastDisk(
      days(3, (day) => 100 * GB - day * GB),
      GB,
      NOW_MS,
    ).state,
  ).toBe('steady');
  const slow = forecastDisk(
    days(7, (day) => day * 1000),
    100 * GB,
    NOW_MS,
  );
  expect([slow.state, slow.fullAt]).toEqual(['steady', null]);
  expect(slow.statement).toContain('more than 20 years');
});

test('less than a day is not enough, and a bucket elsewhere has no disk', () => {
  const young = days(7, (day) => day * GB).slice(-90);
  expect(forecastDisk(young, GB, NOW_MS)).toMatchObject({ state: 'notEnoughData', fullAt: null });
  expect(growthPerDay(young)).toBeNull();
  expect(forecastDisk([], GB, NOW_MS).state).toBe('notEnoughData');
  expect(forecastDisk([], null, NOW_MS).state).toBe('noDisk');
});
