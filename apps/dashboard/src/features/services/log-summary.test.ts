import type { LogRecord } from '@supastor/contract/wire/log-record';
import { expect, test } from 'vitest';
import { extraFields, summarizeRecord } from './log-summary.ts';

const BASE: LogRecord = { time: '2026-11-23T12:00:00.000Z', level: 'info', service: 'storage', msg: 'request' };

test.each([
  [{}, ''],
  [{ durationMs: 6.6, status: 200, path: '/bucket', method: 'GET', role: 'anon' }, 'GET /bucket 200 6.6 ms'],
  [{ operation: 'session.logout', outcome: 'done', code: null, durationMs: 0 }, 'session.logout done 0 ms'],
  [{ path: { nested: true }, detail: '' }, ''],
])('%j is summed up as %j', (fields, summary) => {
  expect(summarizeRecord({ ...BASE, ...fields })).toBe(summary);
});

test('extra fields are those a line has of its own', () => {
  expect(extraFields({ ...BASE, requestId: 'r', durationMs: 4 })).toEqual({ requestId: 'r', durationMs: 4 });
});
