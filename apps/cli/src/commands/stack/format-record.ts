import type { LogLevel, LogRecord } from '@supastor/contract/wire/log-record';
import type { Style } from '../../context.ts';

const HIDDEN = new Set(['time', 'level', 'service', 'msg', 'pid', 'hostname']);

/** A log record as a line for people: time, level, service, message, then its other simple fields. */
export function formatRecord(record: LogRecord, style: Style): string {
  const fields = Object.entries(record)
    .filter(([name, value]) => !HIDDEN.has(name) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'))
    .map(([name, value]) => `${name}=${String(value)}`);
  const level = colorOf(record.level, style)(record.level.padEnd(5));
  const extra = fields.length === 0 ? '' : ` ${style.dim(fields.join(' '))}`;
  return `${style.dim(record.time)} ${level} ${style.bold(record.service.padEnd(8))} ${record.msg}${extra}`;
}

function colorOf(level: LogLevel, style: Style): (text: string) => string {
  if (level === 'error' || level === 'fatal') return (text) => style.red(text);
  if (level === 'warn') return (text) => style.yellow(text);
  return (text) => (level === 'info' ? style.green(text) : style.dim(text));
}
