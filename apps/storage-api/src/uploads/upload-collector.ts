import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { Database } from '../metadata/database.ts';
import { PeriodicTask } from '../periodic-task.ts';
import type { ResumableUploads } from './resumable-uploads.ts';
import type { UploadLocks } from './upload-locks.ts';
import { findExpiredUploads, findOpenUploads } from './upload-queries.ts';
import type { UploadSpace } from './upload-space.port.ts';

export interface UploadCollectorOptions {
  readonly database: Database;
  readonly uploads: ResumableUploads;
  readonly space: UploadSpace;
  readonly locks: UploadLocks;
  readonly logger: Logger;
  /** Age at which an upload is over, finished or not. */
  readonly expirationMs: number;
  readonly periodMs: number;
  /** Bytes that no open upload refers to are removed when they were not written for this long. */
  readonly strayAfterMs?: number;
}

const BATCH = 200;

/** Ends uploads that nobody finished, and removes bytes that none refers to, in the background. */
export class UploadCollector {
  readonly #options: UploadCollectorOptions;
  readonly #task: PeriodicTask;

  constructor(options: UploadCollectorOptions) {
    this.#options = options;
    this.#task = new PeriodicTask(options.periodMs, () => this.runOnce());
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }

  /** One round. Failures are logged and tried again in the next. */
  async runOnce(): Promise<void> {
    try {
      await this.#endExpired();
      await this.#removeStray();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'cleaning up after uploads failed; it is tried again');
    }
  }

  async #endExpired(): Promise<void> {
    const { database, uploads, locks, expirationMs } = this.#options;
    const expired = findExpiredUploads(expirationMs / 1000, BATCH);
    await database.read(expired);
    for (const { version } of expired.rows) {
      if (this.#task.stopped) return;
      const lock = await locks.tryAcquire(version);
      if (lock === null) continue;
      await uploads.terminate(version).finally(() => lock.release());
    }
  }

  async #removeStray(): Promise<void> {
    const { database, space, strayAfterMs = 3_600_000 } = this.#options;
    const candidates = await space.listUntouchedSince(Date.now() - strayAfterMs);
    for (let index = 0; index < candidates.length && !this.#task.stopped; index += BATCH) {
      const batch = candidates.slice(index, index + BATCH);
      const open = findOpenUploads(batch);
      await database.read(open);
      const wanted = new Set(open.rows.map(({ version }) => version));
      await Promise.all(batch.filter((version) => !wanted.has(version)).map((version) => space.remove(version)));
    }
  }
}
