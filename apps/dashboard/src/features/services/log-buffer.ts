import type { LogLevel, LogRecord } from '@supastor/contract/wire/log-record';

/** A log line with a number that grows, for React keys. */
export interface LogLine {
  readonly id: number;
  readonly record: LogRecord;
}

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** The last log lines in the order they came, at most `maxLines`. A snapshot changes identity only when lines were added. */
export class LogBuffer {
  readonly #maxLines: number;
  readonly #listeners = new Set<() => void>();
  #lines: readonly LogLine[] = [];
  #pending: LogRecord[] = [];
  #nextId = 1;

  constructor(maxLines: number) {
    this.#maxLines = maxLines;
  }

  readonly getLines = (): readonly LogLine[] => this.#lines;

  /** Returns the unsubscriber. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes a record; it shows after the next flush, so that a flood costs one render per flush. */
  push(record: LogRecord): void {
    this.#pending.push(record);
    if (this.#pending.length > this.#maxLines) this.#pending.shift();
  }

  /** Takes past lines of several services and shows them; where they are too many, the oldest of all are left out. */
  addPast(records: readonly LogRecord[]): void {
    this.#pending = [...this.#pending, ...records];
    this.flush();
  }

  /** Shows what was pushed. Past lines arrive twice (read once, followed once) and late: known ones are dropped, the rest is put in time order. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const known = new Set(this.#lines.map(({ record }) => JSON.stringify(record)));
    const added: LogLine[] = [];
    for (const record of this.#pending) {
      const print = JSON.stringify(record);
      if (!known.has(print)) added.push({ id: this.#nextId++, record });
      known.add(print);
    }
    this.#pending = [];
    if (added.length === 0) return;
    const all = [...this.#lines, ...added].toSorted((a, b) => compare(a.record.time, b.record.time));
    this.#replace(all.slice(-this.#maxLines));
  }

  clear(): void {
    this.#pending = [];
    this.#replace([]);
  }

  #replace(lines: readonly LogLine[]): void {
    this.#lines = lines;
    for (const listener of this.#listeners) listener();
  }
}

export interface LogFilter {
  /** Empty: every service. */
  readonly service: string | null;
  /** Least severe level shown. */
  readonly level: LogLevel;
  /** Looked for in every field, whatever its case; empty: every line. */
  readonly text: string;
  /** Id of one request; null: every line. */
  readonly request?: string | null;
  /** Milliseconds since the epoch; lines before it are left out. Null: however old. */
  readonly sinceMs?: number | null;
}

/** Lines that pass the filter. */
export function filterLines(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  const least = LEVELS.indexOf(filter.level);
  const text = filter.text.trim().toLowerCase();
  const { request = null, sinceMs = null } = filter;
  if (filter.service === null && least <= 0 && text === '' && request === null && sinceMs === null) return lines;
  return lines.filter(
    ({ record }) =>
      (filter.service === null || record.service === filter.service) &&
      LEVELS.indexOf(record.level) >= least &&
      (request === null || record.requestId === request) &&
      (sinceMs === null || Date.parse(record.time) >= sinceMs) &&
      (text === '' || JSON.stringify(record).toLowerCase().includes(text)),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
