import { join } from 'node:path';
import { LOG_LEVELS, type LogLevel, type LogRecord, logRecordSchema } from '@supastor/contract/wire/log-record';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { LogQuery } from '@supastor/core/stack/stack-control.port';
import { linesBackwards } from './log-file.ts';

/** The NDJSON file of a service's log. */
export function logFilePath(logsDir: string, service: ServiceName): string {
  return join(logsDir, `${service}.ndjson`);
}

export interface LogFiles {
  readonly logsDir: string;
  /** Rotated files per service. */
  readonly maxFiles: number;
  readonly services: readonly ServiceName[];
}

/** The last `query.tail` records that match, over all services asked for, oldest first. */
export function readLogRecords(files: LogFiles, query: Omit<LogQuery, 'follow'>): readonly LogRecord[] {
  const services = query.services.length > 0 ? query.services : files.services;
  const records = services.flatMap((service) => tailOf(logFilePath(files.logsDir, service), files.maxFiles, query));
  // The sort is stable: records of one service with the same time keep their order.
  return records.toSorted((a, b) => compareText(a.time, b.time)).slice(-query.tail || records.length);
}

/** Whether a record is as severe as asked for. */
export function matchesLevel(record: LogRecord, level: LogLevel | undefined): boolean {
  return level === undefined || LOG_LEVELS.indexOf(record.level) >= LOG_LEVELS.indexOf(level);
}

function tailOf(path: string, maxFiles: number, { level, since, tail }: Omit<LogQuery, 'follow'>): readonly LogRecord[] {
  const found: LogRecord[] = [];
  if (tail <= 0) return found;
  for (const line of linesBackwards(path, maxFiles)) {
    const record = parseRecord(line);
    if (!record) continue;
    if (since !== undefined && record.time < since) break;
    if (!matchesLevel(record, level)) continue;
    found.push(record);
    if (found.length >= tail) break;
  }
  return found.toReversed();
}

function parseRecord(line: string): LogRecord | null {
  try {
    return logRecordSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // A line cut short by a crash.
    return null;
  }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
