import type { LogRecord } from '@supastor/contract/wire/log-record';

/** Fields worth a place on the line, in reading order: what was asked, how it ended, how long it took. */
const SHOWN = ['operation', 'method', 'path', 'route', 'url', 'status', 'outcome', 'code', 'detail'] as const;

/** The telling fields of a record in a few words: "GET /bucket 200 6.6 ms". Empty when it has none. */
export function summarizeRecord(record: LogRecord): string {
  const words = SHOWN.map((field) => record[field]).filter((value) => isWord(value));
  const durationMs = record['durationMs'];
  return [...words, ...(typeof durationMs === 'number' ? [`${durationMs} ms`] : [])].join(' ');
}

/** Fields of a record beyond those every line has. */
export function extraFields(record: LogRecord): Readonly<Record<string, unknown>> {
  const { time: _time, level: _level, service: _service, msg: _msg, ...rest } = record;
  return rest;
}

function isWord(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}
