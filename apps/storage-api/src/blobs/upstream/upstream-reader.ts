import type { Logger } from '@supastor/adapters/telemetry/logger';
import { failures } from '../../errors.ts';
import type { Database } from '../../metadata/database.ts';
import type { BlobStat, OpenBlob, OpenOptions } from '../blob-store.port.ts';
import {
  findPlace,
  findQuarantined,
  findWaiting,
  forgetPlace,
  isPlaceAlone,
  listOrphaned,
  orphanPlace,
  type PlaceRow,
  reclaimPlaces,
  toPlace,
} from './place-queries.ts';
import { UnsafePlace, type UpstreamSource } from './upstream-source.port.ts';

export interface UpstreamReaderOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Null when nothing is configured. */
  readonly source: UpstreamSource | null;
}

const REACHABLE_HOLDS_MS = 5000;
const TIDY_PERIOD_MS = 60_000;
const TIDY_BATCH = 100;

/** Finds the bytes of versions that the original has stored. Ids of our own versions are never looked for. */
export class UpstreamReader {
  readonly #options: UpstreamReaderOptions;
  #reachable: Promise<boolean> = Promise.resolve(false);
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #tidiedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: UpstreamReaderOptions) {
    this.#options = options;
  }

  get source(): UpstreamSource | null {
    return this.#options.source;
  }

  /** Null when the original has not stored the version, or its bytes are not there. @throws StoreUnavailable */
  async open(version: string, options?: OpenOptions): Promise<OpenBlob | null> {
    return this.#ask(version, (source, row) => source.open(toPlace(row), options));
  }

  async stat(version: string): Promise<BlobStat | null> {
    return this.#ask(version, (source, row) => source.stat(toPlace(row)));
  }

  /**
   * The version is gone: removes its bytes, where that is allowed. What cannot be removed now is left to {@link tidy}, and so is what a row
   * in the quarantine may need again.
   */
  async remove(version: string): Promise<void> {
    const row = await this.find(version);
    if (row === null) return;
    const isDone = await this.#removeNow(row);
    await this.#options.database.transact({ steps: [isDone ? forgetPlace(version) : orphanPlace(version)] });
  }

  /** Removes what could not be removed when its version went away. Called in every round of collection. */
  async tidy(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#tidiedAtMs < TIDY_PERIOD_MS || !(await this.isReachable())) return;
    this.#tidiedAtMs = nowMs;
    const { database } = this.#options;
    const orphaned = listOrphaned(TIDY_BATCH);
    await database.read(orphaned);
    const back = orphaned.rows.filter((row) => row.is_referenced).map(({ version }) => version);
    if (back.length > 0) await database.transact({ steps: [reclaimPlaces(back)] });
    for (const row of orphaned.rows) if (!row.is_referenced) await this.remove(row.version);
  }

  /** Removes the bytes of a version from the original's store, unless they are another version's too. */
  async removeBytes(source: UpstreamSource, row: PlaceRow): Promise<void> {
    const alone = isPlaceAlone(row.version);
    await this.#options.database.read(alone);
    if (alone.rows[0]?.is_alone !== true) return;
    await source.remove(toPlace(row)).catch((error: unknown) => {
      if (!(error instanceof UnsafePlace)) throw error;
      this.#options.logger.error({ err: error, version: row.version }, 'bytes in the store of the original are left where they are');
    });
  }

  /** Which of `versions` are the original's while its store cannot be looked into: nothing can be said of their bytes. */
  async findUnreachable(versions: readonly string[]): Promise<ReadonlySet<string>> {
    const foreign = versions.filter(isForeign);
    if (foreign.length === 0 || (await this.isReachable())) return new Set();
    const waiting = findWaiting(foreign);
    await this.#options.database.read(waiting);
    return new Set(waiting.rows.map((row) => row.version));
  }

  async find(version: string): Promise<PlaceRow | null> {
    if (!isForeign(version)) return null;
    const place = findPlace(version);
    await this.#options.database.read(place);
    return place.rows[0] ?? null;
  }

  isReachable(): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs - this.#askedAtMs > REACHABLE_HOLDS_MS) {
      this.#askedAtMs = nowMs;
      this.#reachable = this.#options.source?.isReachable() ?? Promise.resolve(false);
    }
    return this.#reachable;
  }

  async stop(): Promise<void> {
    await this.#options.source?.stop();
  }

  async #removeNow(row: PlaceRow): Promise<boolean> {
    const { database, source, logger } = this.#options;
    const quarantined = findQuarantined([row.version]);
    await database.read(quarantined);
    if (source === null || quarantined.rows.length > 0 || !(await this.isReachable())) return false;
    if (!source.isWritable) return true;
    try {
      await this.removeBytes(source, row);
      return true;
    } catch (error) {
      logger.warn({ err: error, version: row.version }, 'bytes in the store of the original cannot be removed yet');
      return false;
    }
  }

  async #ask<T>(version: string, ask: (source: UpstreamSource, row: PlaceRow) => Promise<T | null>): Promise<T | null> {
    const row = await this.find(version);
    if (row === null) return null;
    const { source, logger } = this.#options;
    if (source === null || !(await this.isReachable())) {
      if (row.is_imported) return null;
      throw failures.storeUnavailable(new Error(`the bytes lie in the store of the original, which ${describe(source)}`));
    }
    return ask(source, row).catch((error: unknown) => {
      if (!(error instanceof UnsafePlace)) throw error;
      logger.error({ err: error, version, bucket: row.bucket_id, key: row.name }, 'bytes in the store of the original are not read');
      return null;
    });
  }
}

function describe(source: UpstreamSource | null): string {
  return source === null ? 'is not configured: set SUPASTOR_UPSTREAM_BACKEND' : `is not to be found at ${source.label}`;
}

/** Whether a version id may be one of the original's: ours are UUIDs of version 7. */
function isForeign(version: string): boolean {
  return version[14] !== '7';
}
