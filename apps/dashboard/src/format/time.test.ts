import { expect, test } from 'vitest';
import { formatClock, formatDuration, formatRelative } from './time.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

test.each([
  ['2026-11-23T11:59:30Z', 'just now'],
  ['2026-11-23T11:57:00Z', '3 minutes ago'],
  ['2026-11-23T14:00:00Z', 'in 2 hours'],
  ['2026-11-22T11:00:00Z', 'yesterday'],
  ['2024-11-20T12:00:00Z', '2 years ago'],
  [null, '–'],
  ['never', '–'],
])('%s is %s', (iso, text) => {
  expect(formatRelative(iso, NOW)).toBe(text);
});

test.each([
  [-5, '0 s'],
  [59_000, '59 s'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [97_200_000, '1 d 3 h'],
])('%d ms last %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test('a log time keeps its milliseconds, and text that is no time stays as it is', () => {
  expect(formatClock('2026-11-23T12:00:00.007Z')).toMatch(/^\d\d:\d\d:00\.007$/);
  expect(formatClock('later')).toBe('later');
});
