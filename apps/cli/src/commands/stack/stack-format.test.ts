import { formatInstancesTable } from './format-instances.ts';
import { describe, expect, test } from 'vitest';
import { createStyle } from '../../output/style.ts';
import { formatEnv } from './connection-table.ts';
import { formatRecord } from './format-record.ts';
import { formatDuration, formatStatusTable } from './format-status.ts';
import { parseServices } from './parse-services.ts';
import { parseSince } from './parse-since.ts';

const style = createStyle(false);
const NOW = Date.parse('2026-01-02T00:00:00.000Z');

describe('parseSince', () => {
  test.each([
    ['30s', '2026-01-01T23:59:30.000Z'],
    ['10m', '2026-01-01T23:50:00.000Z'],
    ['2h', '2026-01-01T22:00:00.000Z'],
    ['1d', '2026-01-01T00:00:00.000Z'],
    ['2025-12-31', '2025-12-31T00:00:00.000Z'],
    ['2025-12-31T10:00:00+02:00', '2025-12-31T08:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseSince(text, NOW)).toBe(expected);
  });

  test.each(['yesterday', '10', '', '5w', `${'9'.repeat(30)}d`])('%j is refused', (text) => {
    expect(() => parseSince(text, NOW)).toThrow(expect.objectContaining({ code: 'SJ_USAGE' }));
  });
});

test.each([
  [-5, '0s'],
  [59_999, '59s'],
  [61_000, '1m 1s'],
  [3_600_000, '1h 0m'],
  [90_000_000, '1d 1h'],
])('%i ms last %s', (durationMs, expected) => {
  expect(formatDuration(durationMs)).toBe(expected);
});

test('the status table shows what runs and what does not', () => {
  const base = { specHash: null, restarts: 0, cpuCores: null, rssBytes: null, instances: [], detail: null, startedAt: null, pid: null };
  const table = formatStatusTable(
    [
      {
        ...base,
        name: 'postgres',
        state: 'healthy',
        pid: 12,
        ports: { postgres: 5433 },
        startedAt: '2026-01-01T23:00:00.000Z',
        cpuCores: 0.034,
        rssBytes: 30_000_000,
      },
      { ...base, name: 'storage', state: 'crashed', ports: { http: 5000 }, restarts: 5, detail: 'exited with code 1\nError: boom' },
    ],
    style,
    NOW,
  );
  expect(table).toBe(
    [
      'SERVICE   STATE    PID  PORT  UPTIME  RESTARTS  CPU   MEMORY',
      'postgres  healthy  12   5433  1h 0m   0         3.4%  30 MB',
      'storage   crashed  -    5000  -       5         -     -       exited with code 1',
    ].join('\n'),
  );
});

test('the wide form shows what each container uses, and a dash where nobody can say', () => {
  const base = { specHash: null, restarts: 0, cpuCores: null, rssBytes: null, detail: null, startedAt: null, pid: null, ports: {} };
  const storage = {
    state: 'healthy' as const,
    pid: null,
    startedAt: '2026-01-01T23:00:00.000Z',
    cpuCores: 1.257,
    cpuSeconds: 61,
    memoryBytes: 30_000_000,
    cpuLimitCores: 1.5,
    memoryLimitBytes: 512_000_000,
  };
  const unseen = { ...storage, cpuCores: null, cpuSeconds: null, memoryBytes: null, cpuLimitCores: null, memoryLimitBytes: null };
  const instances = [
    { ...storage, name: 'storage.1', node: 'n1' },
    { ...unseen, name: 'storage.2', node: 'n2' },
  ];
  expect(formatInstancesTable([{ ...base, name: 'storage', state: 'healthy', instances }], style, NOW)).toBe(
    [
      'INSTANCE   STATE    PID  NODE  UPTIME  CPU   CPU LIMIT  CPU TIME  MEMORY  MEMORY LIMIT',
      'storage.1  healthy  -    n1    1h 0m   126%  150%       1m 1s     30 MB   512 MB',
      'storage.2  healthy  -    n2    1h 0m   -     -          -         -       -',
    ].join('\n'),
  );
});

test('a record is one line, simple fields at its end', () => {
  const record = { time: '2026-01-01T00:00:00.000Z', level: 'warn' as const, service: 'meta', msg: 'slow', ms: 12, nested: {}, pid: 1 };
  expect(formatRecord(record, style)).toBe('2026-01-01T00:00:00.000Z warn  meta     slow ms=12');
});

test('env output is one KEY=value a line', () => {
  expect(formatEnv({ API_URL: 'http://x', ANON_KEY: '***' })).toBe('API_URL=http://x\nANON_KEY=***');
});

test('an unknown service is named with the known ones', () => {
  expect(parseServices(['meta', 'postgres'])).toEqual(['meta', 'postgres']);
  expect(() => parseServices(['redis'])).toThrow(
    expect.objectContaining({
      code: 'SJ_SERVICE_UNKNOWN',
      hint: expect.stringContaining('services: postgres, storage, meta, admin, edge, agent'),
    }),
  );
});
