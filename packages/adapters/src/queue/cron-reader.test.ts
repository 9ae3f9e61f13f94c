import { expect, test } from 'vitest';
import { cronReader } from './cron-reader.ts';

const next = (cron: string, timeZone: string, after: string) => {
  const ms = cronReader.next(cron, timeZone, Date.parse(after));
  return ms === null ? null : new Date(ms).toISOString();
};

test.each([
  ['30 2 * * *', 'UTC', '2026-11-26T02:30:00Z', '2026-11-27T02:30:00.000Z'],
  ['30 2 * * *', 'Asia/Kolkata', '2026-11-26T00:00:00Z', '2026-11-26T21:00:00.000Z'],
  ['*/15 * * * *', 'UTC', '2026-11-26T00:07:31.5Z', '2026-11-26T00:15:00.000Z'],
  ['0 0 * * 1', 'UTC', '2026-11-26T00:00:00Z', '2026-11-30T00:00:00.000Z'],
  ['0 12 29 2 *', 'UTC', '2026-11-26T00:00:00Z', '2028-02-29T12:00:00.000Z'],
  ['0 0 31 2 *', 'UTC', '2026-11-26T00:00:00Z', null],
])('%s in %s after %s is %s', (cron, timeZone, after, expected) => {
  expect(next(cron, timeZone, after)).toBe(expected);
});

const runs = (from: string, until: string) => {
  const found: string[] = [];
  for (let at = next('30 2 * * *', 'Europe/Berlin', from); at !== null && at < until; at = next('30 2 * * *', 'Europe/Berlin', at))
    found.push(at);
  return found;
};

test('a night with an hour twice has one run, and so has one that lacks the hour', () => {
  expect(runs('2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toHaveLength(1);
  expect(runs('2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toHaveLength(1);
});

test.each([
  ['61 * * * *', 'UTC', 'cron'],
  ['* * * * * *', 'UTC', 'cron'],
  ['at noon', 'UTC', 'cron'],
  ['@reboot now', 'UTC', 'cron'],
  ['0 0 * * *', 'Mars/Olympus', 'timeZone'],
])('%s in %s is refused for its %s', (cron, timeZone, path) => {
  expect(() => cronReader.next(cron, timeZone, 0)).toThrow(
    expect.objectContaining({ code: 'SJ_INPUT_INVALID', meta: { errors: [expect.objectContaining({ path })] } }),
  );
});
