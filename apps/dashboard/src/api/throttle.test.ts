import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttlePerKey } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('runs once per key and period, at its end, and again in the next', () => {
  const ran: string[] = [];
  const run = throttlePerKey((key) => ran.push(key), 100);
  for (const key of ['a', 'b', 'a', 'a']) run(key);
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(ran).toEqual(['a', 'b']);
  run('a');
  vi.advanceTimersByTime(100);
  expect(ran).toEqual(['a', 'b', 'a']);
});
