import type { DamageSink } from '../blobs/verified-body.ts';
import type { StorageDeps } from '../deps.ts';
import { checkVersion } from './check-version.ts';
import { findReference, markDamaged, toReference } from './integrity-queries.ts';

type Deps = Pick<StorageDeps, 'database' | 'blobs' | 'logger' | 'metrics'>;

/** More than this many at once are left to the next reader, or the scrub. */
const MOST_SUSPECTS = 1000;

/** Looks closer at versions that seemed damaged to a reader, one after the other, and marks those that are. */
export class DamageReports implements DamageSink {
  readonly #deps: Deps;
  readonly #suspects = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  suspect(version: string): void {
    if (this.#suspects.has(version) || this.#suspects.size >= MOST_SUSPECTS) return;
    this.#suspects.add(version);
    this.#work = this.#work.then(() => this.#examine(version)).finally(() => this.#suspects.delete(version));
  }

  /** Resolves when all suspects so far have been looked at. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #examine(version: string): Promise<void> {
    const { database, blobs, logger, metrics } = this.#deps;
    try {
      const find = findReference(version);
      await database.read(find);
      const row = find.rows[0];
      if (row === undefined) return;
      const { damage } = await checkVersion(blobs, toReference(row), async () => {});
      if (damage === null) return;
      await database.transact({ steps: [markDamaged(version, damage, 'read')] });
      metrics.damagedBlobs.inc({ found_by: 'read' });
      logger.error({ version, damage }, 'the bytes of a version are damaged');
    } catch (error) {
      logger.warn({ err: error, version }, 'a version that seemed damaged could not be examined');
    }
  }
}
