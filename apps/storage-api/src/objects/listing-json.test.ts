import { describe, expect, test } from 'vitest';
import { entryFields, isoTime } from './listing-json.ts';

describe('timestamps of Postgres', () => {
  test.each([
    ['2026-11-23 07:52:32.569123+00', '2026-11-23T07:52:32.569Z'],
    ['2026-11-23 07:52:32.5+00', '2026-11-23T07:52:32.500Z'],
    ['2026-11-23 07:52:32+00', '2026-11-23T07:52:32.000Z'],
    ['2026-11-23 09:52:32.25+02', '2026-11-23T07:52:32.250Z'],
    ['2026-11-23 13:22:32.25+05:30', '2026-11-23T07:52:32.250Z'],
  ])('%s', (text, iso) => {
    expect(isoTime(text)).toBe(iso);
  });
});

test('entries are valid JSON with the fields of the protocol', () => {
  const folder = {
    entry: 'f/',
    is_folder: 't',
    id: null,
    updated_at: null,
    created_at: null,
    last_accessed_at: null,
    metadata: null,
    version: null,
  };
  expect(JSON.parse(`{${entryFields(folder)}}`)).toEqual({
    id: null,
    updated_at: null,
    created_at: null,
    last_accessed_at: null,
    metadata: null,
  });
  const time = '2026-01-02 03:04:05+00';
  const object = { ...folder, id: 'x', updated_at: time, created_at: time, last_accessed_at: time, metadata: '{"size": 1}' };
  const iso = '2026-01-02T03:04:05.000Z';
  expect(JSON.parse(`{${entryFields(object)}}`)).toEqual({
    id: 'x',
    updated_at: iso,
    created_at: iso,
    last_accessed_at: iso,
    metadata: { size: 1 },
  });
});
