import { randomUUID } from 'node:crypto';
import {
  type AdoptedBytes,
  type ImportOptions,
  importOptionsSchema,
  type MaintenanceKind,
  type MaintenanceRun,
  type ScanOptions,
  scanOptionsSchema,
  type ScrubOptions,
  scrubOptionsSchema,
} from '@supastor/contract/wire/maintenance';
import type { ManagedStore } from '../blobs/managed-store.port.ts';
import type { Metrics } from '../http/metrics.ts';
import { failures, ProtocolError } from '../errors.ts';
import { PeriodicTask } from '../periodic-task.ts';
import { describeAdopted, importPositionSchema, runImport } from './import-adopted.ts';
import { RunInterrupted, RunProgress } from './run-progress.ts';
import {
  cancelRun,
  claimRun,
  expireRuns,
  findOpenRun,
  findRun,
  finishRun,
  listRuns,
  presentRun,
  releaseRun,
  requestRun,
  type RunRow,
  scheduleRun,
} from './run-queries.ts';
import { runScan, type ScanDeps, scanPositionSchema } from './scan.ts';
import { runScrub, scrubPositionSchema } from './scrub.ts';

export interface MaintenanceSettings {
  /** Seconds between scans by themselves; 0: only on request. */
  readonly scanPeriodSeconds: number;
  readonly scanGraceSeconds: number;
  /** Seconds between scrubs by themselves; 0: only on request. */
  readonly scrubPeriodSeconds: number;
  readonly scrubBytesPerSecond: number;
  readonly quarantineSeconds: number;
  readonly importBytesPerSecond: number;
}

export interface MaintenanceDeps extends ScanDeps {
  /** Our own layout, without what is read through it. */
  readonly own: ManagedStore;
  readonly metrics: Metrics;
  readonly settings: MaintenanceSettings;
  readonly periodMs: number;
}

const WAITS_FOR = new Set([503, 544]);

/** Runs scans, scrubs and imports, one at a time, by themselves and on request. Of all servers of a store one does each. */
export class Maintenance {
  readonly #deps: MaintenanceDeps;
  readonly #runner = randomUUID();
  readonly #task: PeriodicTask;
  readonly #stopping = new AbortController();
  #current: Promise<void> = Promise.resolve();

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps;
    this.#task = new PeriodicTask(deps.periodMs, () => this.runOnce());
  }

  get quarantineSeconds(): number {
    return this.#deps.settings.quarantineSeconds;
  }

  start(): void {
    this.#task.start();
  }

  /** Ends at the next step; another server goes on from there. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#task.stop();
    await this.#current;
  }

  /** Asks for a run and begins it. @throws ProtocolError when one of its kind is open */
  async request(kind: MaintenanceKind, options: ScanOptions | ScrubOptions | ImportOptions, requestedBy: string): Promise<MaintenanceRun> {
    const { database } = this.#deps;
    const wanted = requestRun(kind, options, requestedBy);
    await database.transact({ steps: [wanted] });
    const row = wanted.rows[0];
    if (row === undefined) {
      const open = findOpenRun(kind);
      await database.read(open);
      throw failures.maintenanceUnderWay(kind, open.rows[0]?.id ?? 'unknown');
    }
    void this.runOnce();
    return presentRun(row);
  }

  /** What a taken-over database still has in the store of the original, with up to `limit` of what could not be imported. */
  adopted(limit: number): Promise<AdoptedBytes> {
    return describeAdopted(this.#deps, limit);
  }

  async find(id: string): Promise<MaintenanceRun> {
    const found = findRun(id);
    await this.#deps.database.read(found);
    if (found.rows[0] === undefined) throw failures.noSuchRun();
    return presentRun(found.rows[0]);
  }

  async list(limit: number): Promise<readonly MaintenanceRun[]> {
    const rows = listRuns(limit);
    await this.#deps.database.read(rows);
    return rows.rows.map(presentRun);
  }

  /** Ends a run at its next step. What it did stays done. */
  async cancel(id: string): Promise<MaintenanceRun> {
    await this.#deps.database.transact({ steps: [cancelRun(id)] });
    return this.find(id);
  }

  /** One round: what is due by itself, then every run that waits. Failures are logged; the next round tries again. */
  runOnce(): Promise<void> {
    this.#current = this.#current.then(() => this.#round());
    return this.#current;
  }

  async #round(): Promise<void> {
    const { database, quarantine, logger, settings } = this.#deps;
    if (this.#stopping.signal.aborted) return;
    try {
      await quarantine.removeDue(settings.quarantineSeconds);
      await database.transact({ steps: [expireRuns(), ...this.#due()] });
      while (!this.#stopping.signal.aborted) {
        const claim = claimRun(this.#runner);
        await database.transact({ steps: [claim] });
        if (claim.rows[0] === undefined) return;
        await this.#run(claim.rows[0]);
      }
    } catch (error) {
      logger.warn({ err: error }, 'a round of maintenance failed');
    }
  }

  #due() {
    const { scanPeriodSeconds, scrubPeriodSeconds } = this.#deps.settings;
    const scan = scanPeriodSeconds === 0 ? [] : [scheduleRun('scan', scanOptionsSchema.parse({}), scanPeriodSeconds)];
    const scrub = scrubPeriodSeconds === 0 ? [] : [scheduleRun('scrub', scrubOptionsSchema.parse({}), scrubPeriodSeconds)];
    return [...scan, ...scrub];
  }

  async #run(row: RunRow): Promise<void> {
    const { database, logger } = this.#deps;
    const hold = { id: row.id, runner: this.#runner };
    const progress = new RunProgress({ ...hold, database, counts: row.counts, signal: this.#stopping.signal }, row.position);
    try {
      await this.#perform(row, progress);
      await database.transact({ steps: [finishRun(hold, { state: 'done', counts: progress.counts, error: null })] });
      logger.info({ run: row.id, kind: row.kind, ...progress.counts }, 'maintenance is done');
    } catch (error) {
      if (error instanceof RunInterrupted) {
        if (error.isOurs) await database.transact({ steps: [releaseRun(hold)] });
        return;
      }
      // Without its database a run waits; whoever is first takes it up again.
      if (error instanceof ProtocolError && WAITS_FOR.has(error.status)) throw error;
      const reason = error instanceof Error ? error.message : 'unknown reason';
      logger.error({ err: error, run: row.id, kind: row.kind }, 'maintenance failed');
      await database.transact({ steps: [finishRun(hold, { state: 'failed', counts: progress.counts, error: reason })] });
    }
  }

  async #perform({ kind, options, position }: RunRow, progress: RunProgress): Promise<void> {
    const { settings, metrics } = this.#deps;
    if (kind === 'scan') {
      const scan = scanOptionsSchema.parse(options);
      const before = progress.counts;
      await runScan(
        this.#deps,
        progress,
        { ...scan, graceSeconds: scan.graceSeconds ?? settings.scanGraceSeconds },
        scanPositionSchema.parse(position),
      );
      metrics.strays.inc(progress.count('strays') - (before['strays'] ?? 0));
      metrics.damagedBlobs.inc({ found_by: 'scan' }, progress.count('dangling') - (before['dangling'] ?? 0));
      return;
    }
    if (kind === 'import') {
      const given = importOptionsSchema.parse(options);
      const rate = given.bytesPerSecond ?? settings.importBytesPerSecond;
      return runImport(this.#deps, progress, { ...given, bytesPerSecond: rate }, importPositionSchema.parse(position));
    }
    const scrub = scrubOptionsSchema.parse(options);
    const bytesPerSecond = scrub.bytesPerSecond ?? settings.scrubBytesPerSecond;
    await runScrub(this.#deps, progress, { ...scrub, bytesPerSecond }, scrubPositionSchema.parse(position));
  }
}
