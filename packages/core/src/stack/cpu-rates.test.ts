import { expect, test } from 'vitest';
import { CpuRates } from './cpu-rates.ts';

test('the first word says nothing, the second one how much was used in between', () => {
  const rates = new CpuRates();
  expect(rates.note('a', 100, 0)).toBeNull();
  expect(rates.note('a', 100.5, 1000)).toBe(0.5);
});

test('the load is that of the last seconds, not of the whole life', () => {
  const rates = new CpuRates();
  rates.note('a', 0, 0);
  rates.note('a', 10, 5000);
  rates.note('a', 10, 10_000);
  expect(rates.note('a', 10, 15_000)).toBe(0);
});

test('questions in quick succession do not shorten the interval', () => {
  const rates = new CpuRates();
  rates.note('a', 0, 0);
  expect(rates.note('a', 0.01, 10)).toBeNull();
  expect(rates.note('a', 0.5, 500)).toBe(1);
  expect(rates.note('a', 0.51, 510)).toBe(1);
});

test('a name that another process has now begins anew, as does one that was not heard of for long', () => {
  const rates = new CpuRates();
  rates.note('a', 50, 0);
  expect(rates.note('a', 1, 1000)).toBeNull();
  expect(rates.note('a', 2, 2000)).toBe(1);
  expect(rates.note('a', 90, 60_000)).toBeNull();
});

test('processes do not count together', () => {
  const rates = new CpuRates();
  rates.note('a', 0, 0);
  rates.note('b', 0, 0);
  expect([rates.note('a', 1, 1000), rates.note('b', 0, 1000)]).toEqual([1, 0]);
});
