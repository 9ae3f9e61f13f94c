import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { LogLevel, LogRecord } from '@supastor/contract/wire/log-record';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { appendLines, type RotationLimits } from './log-file.ts';
import { logFilePath } from './log-reader.ts';
import { parseLogLine } from './parse-line.ts';
import { Spool } from './spool.ts';

/** Looks this often even when the system reports no change. */
const POLL_MS = 1000;
/** Changes within this time are read together. */
const BATCH_MS = 30;

export interface LogCollectorOptions {
  readonly logsDir: string;
  readonly spoolDir: string;
  readonly limits: RotationLimits;
  readonly services: readonly ServiceName[];
  /** Told when records cannot be written, such as on a full disk; they are read again later. */
  readonly onError: (error: unknown) => void;
}

/** Turns what services write into records: read from their spool files, written to rotated NDJSON files, handed to listeners. */
export class LogCollector {
  readonly #options: LogCollectorOptions;
  readonly #spools: ReadonlyMap<ServiceName, Spool>;
  readonly #levels = new Map<ServiceName, LogLevel>();
  readonly #listeners = new Set<(record: LogRecord) => void>();
  #watcher: FSWatcher | null = null;
  #poll: NodeJS.Timeout | null = null;
  #batch: NodeJS.Timeout | null = null;

  constructor(options: LogCollectorOptions) {
    this.#options = options;
    for (const dir of [options.logsDir, options.spoolDir]) mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#spools = new Map(options.services.map((service) => [service, new Spool(this.spoolPath(service))]));
  }

  /** The file a service's output goes to. */
  spoolPath(service: ServiceName): string {
    return join(this.#options.spoolDir, `${service}.log`);
  }

  start(): void {
    this.#poll = setInterval(() => this.collect(), POLL_MS);
    try {
      this.#watcher = watch(this.#options.spoolDir, (_, name) => {
        if (name?.endsWith('.log')) this.#batch ??= setTimeout(() => this.collect(), BATCH_MS);
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // No watcher to be had (inotify limit): the poll finds everything, a second later.
    }
  }

  /** Reads what is new now. With `flush`, also a service's last line without an end. */
  collect(flush = false): void {
    if (this.#batch) clearTimeout(this.#batch);
    this.#batch = null;
    for (const [service, spool] of this.#spools) {
      try {
        spool.read((lines) => this.#publish(service, lines), flush);
      } catch (error) {
        this.#options.onError(error);
      }
    }
  }

  /** Calls `listener` with every new record; returns what ends it. */
  subscribe(listener: (record: LogRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    if (this.#poll) clearInterval(this.#poll);
    this.#watcher?.close();
    this.collect(true);
  }

  #publish(service: ServiceName, lines: readonly string[]): void {
    const now = new Date().toISOString();
    const records = lines.map((line) => {
      const record = parseLogLine(line, { service, now, previousLevel: this.#levels.get(service) ?? 'info' });
      this.#levels.set(service, record.level);
      return record;
    });
    if (records.length === 0) return;
    const written = records.map((record) => JSON.stringify(record));
    appendLines(logFilePath(this.#options.logsDir, service), written, this.#options.limits);
    for (const record of records) for (const listener of this.#listeners) listener(record);
  }
}
