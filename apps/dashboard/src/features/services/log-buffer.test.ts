import type { LogRecord } from '@supastor/contract/wire/log-record';
import { describe, expect, test } from 'vitest';
import { filterLines, LogBuffer } from './log-buffer.ts';

function record(second: number, fields: Partial<LogRecord> = {}): LogRecord {
  return {
    time: `2026-11-23T12:00:${String(second).padStart(2, '0')}.000Z`,
    level: 'info',
    service: 'storage',
    msg: `m${second}`,
    ...fields,
  };
}

function messages(buffer: LogBuffer): string[] {
  return buffer.getLines().map((line) => line.record.msg);
}

function bufferWith(...records: readonly LogRecord[]): LogBuffer {
  const buffer = new LogBuffer(3);
  for (const one of records) buffer.push(one);
  buffer.flush();
  return buffer;
}

describe('LogBuffer', () => {
  test('keeps the newest lines only', () => {
    expect(messages(bufferWith(record(1), record(2), record(3), record(4)))).toEqual(['m2', 'm3', 'm4']);
  });

  test('of past lines of several services the newest stay, whichever came first', () => {
    const buffer = bufferWith(record(4));
    buffer.addPast([record(5), record(6), record(1), record(2)]);
    expect(messages(buffer)).toEqual(['m4', 'm5', 'm6']);
  });

  test('drops lines it has and puts late ones where they belong', () => {
    const buffer = bufferWith(record(1), record(3));
    const kept = buffer.getLines()[1];
    for (const one of [record(1), record(2), record(3)]) buffer.push(one);
    buffer.flush();
    expect(messages(buffer)).toEqual(['m1', 'm2', 'm3']);
    expect(buffer.getLines()[2]).toBe(kept);
  });

  test('tells listeners once per flush, and only about news', () => {
    const buffer = bufferWith(record(1));
    let calls = 0;
    buffer.subscribe(() => (calls += 1));
    buffer.push(record(2));
    buffer.push(record(3));
    expect(calls).toBe(0);
    buffer.flush();
    buffer.push(record(3));
    buffer.flush();
    expect(calls).toBe(1);
  });

  test('is empty after a clear, what was waiting included', () => {
    const buffer = bufferWith(record(1));
    buffer.push(record(2));
    buffer.clear();
    buffer.flush();
    expect(messages(buffer)).toEqual([]);
  });
});

describe('filterLines', () => {
  const lines = bufferWith(
    record(1, { level: 'debug', msg: 'Quiet' }),
    record(2, { level: 'warn', service: 'admin', msg: 'Slow request', requestId: 'r-77' }),
    record(3, { level: 'error', msg: 'broken' }),
  ).getLines();
  const all = { service: null, level: 'trace', text: '' } as const;

  test('without a filter returns the very list', () => {
    expect(filterLines(lines, all)).toBe(lines);
  });

  test.each([
    [{ ...all, service: 'admin' }, ['Slow request']],
    [{ ...all, level: 'warn' as const }, ['Slow request', 'broken']],
    [{ ...all, text: ' SLOW' }, ['Slow request']],
    [{ ...all, text: 'r-77' }, ['Slow request']],
    [{ ...all, text: 'nothing' }, []],
  ])('%j leaves %j', (filter, expected) => {
    expect(filterLines(lines, filter).map((line) => line.record.msg)).toEqual(expected);
  });
});

const line = (id: number, time: string, requestId?: string) => ({
  id,
  record: { time, level: 'info', service: 'storage', msg: 'm', ...(requestId !== undefined && { requestId }) } as const,
});

test('lines of one request and of a span of time are found', () => {
  const lines = [line(1, '2026-11-26T01:00:00.000Z', 'a'), line(2, '2026-11-26T01:10:00.000Z', 'b'), line(3, '2026-11-26T01:11:00.000Z')];
  const all = { service: null, level: 'trace', text: '' } as const;
  expect(filterLines(lines, { ...all, request: 'a' }).map(({ id }) => id)).toEqual([1]);
  expect(filterLines(lines, { ...all, sinceMs: Date.parse('2026-11-26T01:10:00.000Z') }).map(({ id }) => id)).toEqual([2, 3]);
  expect(filterLines(lines, { ...all, request: null, sinceMs: null })).toBe(lines);
});
