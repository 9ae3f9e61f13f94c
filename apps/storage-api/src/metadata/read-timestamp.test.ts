import { types } from 'pg';
import { expect, test } from 'vitest';
import { readTimestamp } from './read-timestamp.ts';

const byPg = (text: string) => types.getTypeParser(types.builtins.TIMESTAMPTZ)(text);

test.each([
  '2026-11-26 14:52:12+00',
  '2026-11-26 14:52:12.3+00',
  '2026-11-26 14:52:12.345678+00',
  '2026-11-26 14:52:12.000999+00',
  '2024-02-29 23:59:59.999999-08',
  '2026-01-01 00:30:00.5+14',
  '2026-11-26 14:52:12.345678+05:30',
  '1883-11-18 12:03:58-07:52:58',
  '0044-03-15 12:00:00+00 BC',
  '0099-03-15 12:00:00+00',
  '12026-11-26 14:52:12+00',
  '294276-12-31 23:59:59.999999+00',
  'infinity',
  '-infinity',
])('%s is what pg makes of it', (text) => {
  expect(readTimestamp(text)).toEqual(byPg(text));
});

test('every millisecond and hour of an offset', () => {
  for (let n = 0; n < 3000; n += 7) {
    const at = new Date(Date.UTC(2026, n % 12, 1 + (n % 28), n % 24, n % 60, (n * 7) % 60, n % 1000));
    const text = `${at.toISOString().slice(0, -1).replace('T', ' ')}+00`;
    expect(readTimestamp(text)).toEqual(at);
  }
});
