import { randomUUID } from 'node:crypto';
import type { LooseFile, LooseFiles } from '../blobs/loose-files.ts';
import type { BlobEntry } from '../blobs/blob-store.port.ts';
import type { ManagedStore } from '../blobs/managed-store.port.ts';
import { ProtocolError } from '../errors.ts';
import type { Database } from '../metadata/database.ts';
import {
  addEntries,
  findDueEntries,
  findEntries,
  findUnknownVersions,
  findVersionEntries,
  forgetEntries,
  type NewEntry,
  type QuarantineRow,
  restoreRow,
} from './quarantine-queries.ts';

export interface QuarantineDeps {
  readonly database: Database;
  readonly store: ManagedStore;
  /** Null where the store is no directory. */
  readonly loose: LooseFiles | null;
}

export interface Restored {
  readonly restored: readonly string[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Where a scan puts what it finds in the way, until it is removed for good. Its entry is written before anything is moved, so a
 * crash leaves at worst an entry of which nothing was moved.
 */
export class Quarantine {
  readonly #deps: QuarantineDeps;

  constructor(deps: QuarantineDeps) {
    this.#deps = deps;
  }

  /** Moves bytes that no row refers to. What a row refers to after all is put back at once. Returns how many stay moved. */
  async takeVersions(runId: string, blobs: readonly BlobEntry[]): Promise<number> {
    const { database, store } = this.#deps;
    if (blobs.length === 0) return 0;
    const entries = blobs.map(({ version, ...rest }): NewEntry => ({ id: randomUUID(), runId, place: 'versions', name: version, ...rest }));
    await database.transact({ steps: [addEntries(entries)] });
    const moved = await Promise.all(blobs.map(({ version }) => store.quarantine(version)));
    const unknown = findUnknownVersions(blobs.map(({ version }) => version));
    await database.read(unknown);
    const strays = new Set(unknown.rows.map(({ version }) => version));
    const wrong = entries.filter(({ name }) => !strays.has(name));
    await Promise.all(wrong.map(({ name }) => store.restore(name)));
    const notTaken = entries.filter(({ name }, index) => moved[index] === false || !strays.has(name));
    await database.transact({ steps: [forgetEntries(notTaken.map(({ id }) => id))] });
    return entries.length - notTaken.length;
  }

  async takeFile(runId: string, { path, sizeBytes, modifiedAt }: LooseFile): Promise<boolean> {
    const { database, loose } = this.#deps;
    const id = randomUUID();
    const entry: NewEntry = { id, runId, place: 'files', name: path, sizeBytes, modifiedAt };
    await database.transact({ steps: [addEntries([entry])] });
    const moved = (await loose?.take(path, id)) ?? false;
    if (!moved) await database.transact({ steps: [forgetEntries([id])] });
    return moved;
  }

  /** Brings bytes back that a row turned out to need; false when they are not here. */
  async reclaimVersion(version: string): Promise<boolean> {
    const { database, store } = this.#deps;
    const entries = findVersionEntries(version);
    await database.read(entries);
    if (entries.rows.length === 0 || !(await store.restore(version))) return false;
    await database.transact({ steps: [forgetEntries(entries.rows.map(({ id }) => id))] });
    return true;
  }

  /** Puts things back where they were, as far as their place is free. */
  async restore(ids: readonly string[]): Promise<Restored> {
    const found = findEntries(ids);
    await this.#deps.database.read(found);
    const byId = new Map(found.rows.map((row) => [row.id, row]));
    const restored: string[] = [];
    const refused: { id: string; reason: string }[] = [];
    for (const id of ids) {
      const row = byId.get(id);
      const reason = row === undefined ? 'there is no such entry' : await this.#restoreOne(row);
      if (reason === null) restored.push(id);
      else refused.push({ id, reason });
    }
    return { restored, refused };
  }

  /** Removes for good what was here for long enough. */
  async removeDue(keptSeconds: number): Promise<number> {
    const { database, store, loose } = this.#deps;
    for (let removed = 0; ;) {
      const due = findDueEntries(keptSeconds);
      await database.read(due);
      if (due.rows.length === 0) return removed;
      for (const { id, place, name } of due.rows) {
        if (place === 'versions') await store.purge(name);
        if (place === 'files') await loose?.drop(id);
      }
      await database.transact({ steps: [forgetEntries(due.rows.map(({ id }) => id))] });
      removed += due.rows.length;
    }
  }

  /** Null when it is back, else why it is not. */
  async #restoreOne({ id, place, name }: QuarantineRow): Promise<string | null> {
    const { database, store, loose } = this.#deps;
    if (place !== 'versions' && place !== 'files') {
      const back = database.transact({ steps: [restoreRow(id)] });
      return back.then(
        () => null,
        (error: unknown) => {
          if (error instanceof ProtocolError && error.status < 500) return error.message;
          throw error;
        },
      );
    }
    const isBack = place === 'versions' ? await store.restore(name) : ((await loose?.giveBack(id, name)) ?? false);
    if (isBack) await database.transact({ steps: [forgetEntries([id])] });
    return isBack ? null : 'its bytes are gone';
  }
}
