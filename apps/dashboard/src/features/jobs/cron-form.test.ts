import { expect, test } from 'vitest';
import { fromCron, NIGHTLY, toCron } from './cron-form.ts';

test.each([
  ['15 * * * *', 'hour'],
  ['30 2 * * *', 'day'],
  ['0 4 * * 6', 'week'],
  ['5 0 28 * *', 'month'],
  ['*/10 * * * *', 'own'],
  ['0 4 31 * *', 'own'],
  ['0 4 1 1 *', 'own'],
  ['0 4 1 * 1', 'own'],
  ['* * * * *', 'own'],
  ['0 * 1 * *', 'own'],
  ['not cron', 'own'],
] as const)('%s is shown as %s and stays what it is', (cron, rhythm) => {
  const form = fromCron(cron);
  expect(form.rhythm).toBe(rhythm);
  expect(toCron(form)).toBe(cron);
});

test('both names of Sunday are one', () => {
  expect(fromCron('0 4 * * 7')).toMatchObject({ rhythm: 'week', weekday: 0 });
});

test('a change of rhythm keeps the time', () => {
  expect(toCron({ ...NIGHTLY, rhythm: 'week', weekday: 5 })).toBe('30 2 * * 5');
});
