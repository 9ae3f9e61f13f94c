import { LOG_LEVELS, type LogLevel, type LogRecord, logRecordSchema } from '@supastor/contract/wire/log-record';

const POSTGRES_LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC \[(\d+)\] ([A-Z]+\d?):\s+(.*)$/;

/** Severity words of Postgres; those that only explain the line before keep its level. */
const POSTGRES_LEVELS: Readonly<Record<string, LogLevel>> = {
  LOG: 'info',
  INFO: 'info',
  NOTICE: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  FATAL: 'fatal',
  PANIC: 'fatal',
};

const PINO_LEVELS: Readonly<Record<number, LogLevel>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

export interface LineContext {
  readonly service: string;
  /** Time given to lines that carry none. */
  readonly now: string;
  /** Level of the line before, for lines that continue it. */
  readonly previousLevel: LogLevel;
}

/** A record for any line a service wrote: its own NDJSON, a line of Postgres, or plain text. */
export function parseLogLine(line: string, context: LineContext): LogRecord {
  return parseJson(line, context) ?? parsePostgres(line, context) ?? plainText(line, context);
}

function parseJson(line: string, { service, now }: LineContext): LogRecord | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const fields: Record<string, unknown> = { ...value };
    const record = {
      ...fields,
      time: timeOf(fields['time']) ?? now,
      level: levelOf(fields['level']),
      msg: textOf(fields['msg']) ?? textOf(fields['message']) ?? '',
      service,
    };
    return logRecordSchema.safeParse(record).data ?? null;
  } catch {
    return null;
  }
}

function parsePostgres(line: string, { service, previousLevel }: LineContext): LogRecord | null {
  const [, date, time, pid, word, msg] = POSTGRES_LINE.exec(line) ?? [];
  if (date === undefined || time === undefined || word === undefined || msg === undefined) return null;
  const level = word.startsWith('DEBUG') ? 'debug' : (POSTGRES_LEVELS[word] ?? previousLevel);
  const explains = POSTGRES_LEVELS[word] === undefined && !word.startsWith('DEBUG');
  return { time: `${date}T${time}Z`, level, service, msg: explains ? `${word}: ${msg}` : msg, pid: Number(pid) };
}

function plainText(line: string, { service, now, previousLevel }: LineContext): LogRecord {
  const continues = /^\s/.test(line);
  return { time: now, level: continues ? previousLevel : guessLevel(line), service, msg: line.trimEnd() };
}

function guessLevel(line: string): LogLevel {
  if (/\b(fatal|panic)\b/i.test(line)) return 'fatal';
  if (/\b(error|exception|uncaught|unhandled)\b|Error:/i.test(line)) return 'error';
  return /\bwarn(ing)?\b/i.test(line) ? 'warn' : 'info';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function levelOf(value: unknown): LogLevel {
  if (typeof value === 'number') return PINO_LEVELS[value] ?? 'info';
  return LOG_LEVELS.find((level) => level === value) ?? 'info';
}

function timeOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
