import { expect, test } from 'vitest';
import { ReadBudget } from './read-budget.ts';

test('a few streams read in large pieces, many in small ones, and those that end give room', () => {
  const budget = new ReadBudget();
  const sizes = Array.from({ length: 1000 }, () => budget.begin());
  expect([sizes[0], sizes.at(-1)]).toEqual([256 * 1024, 16 * 1024]);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(48 * 1024 * 1024);
  sizes.forEach(() => budget.end());
  expect(budget.begin()).toBe(256 * 1024);
});
