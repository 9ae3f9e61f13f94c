import type { ManagedStore } from '../blobs/managed-store.port.ts';
import type { UpstreamReader } from '../blobs/upstream/upstream-reader.ts';
import type { Database } from '../metadata/database.ts';
import {
  type BlobReference,
  clearDamaged,
  type DamageReason,
  findKnownDamage,
  findReferenced,
  listMissing,
  listReferences,
  markDamaged,
  toReference,
} from './integrity-queries.ts';
import type { Quarantine } from './quarantine.ts';
import { quarantineRows } from './quarantine-queries.ts';
import type { RunProgress } from './run-progress.ts';

const BATCH = 500;
const PARALLEL_STATS = 16;
const LAST_VERSION = '￿';

export interface RowDeps {
  readonly database: Database;
  readonly store: ManagedStore;
  readonly upstream: UpstreamReader;
  readonly quarantine: Quarantine;
}

/**
 * Rows whose bytes are missing or have another size. A row is dangling when it referred to the version before and after the bytes
 * were found missing: bytes come before their row and go after it.
 */
export async function scanRows(deps: RowDeps, progress: RunProgress, from: string): Promise<void> {
  for (let after = from; ;) {
    const page = listReferences({ after, until: LAST_VERSION, limit: BATCH });
    await deps.database.read(page);
    const last = page.rows.at(-1);
    if (last === undefined) return;
    const references = await knowable(deps, progress, page.rows.map(toReference));
    progress.add('rowsSeen', page.rows.length);
    const suspects = await findMissing(deps.store, references);
    await record(deps, progress, suspects);
    await forgetHealed(deps, references, suspects);
    after = last.version;
    await progress.save({ phase: 'rows', cursor: after });
  }
}

/** Without those whose bytes lie in a store of the original that cannot be looked into, which are only counted. */
async function knowable(
  { upstream }: RowDeps,
  progress: RunProgress,
  references: readonly BlobReference[],
): Promise<readonly BlobReference[]> {
  const unreachable = await upstream.findUnreachable(references.map(({ version }) => version));
  if (unreachable.size > 0) progress.add('unreachable', unreachable.size);
  return references.filter(({ version }) => !unreachable.has(version));
}

type Suspects = ReadonlyMap<string, DamageReason>;

async function findMissing(store: ManagedStore, references: readonly BlobReference[]): Promise<Suspects> {
  const suspects = new Map<string, DamageReason>();
  for (let index = 0; index < references.length; index += PARALLEL_STATS) {
    const batch = references.slice(index, index + PARALLEL_STATS);
    await Promise.all(
      batch.map(async ({ version, sizeBytes }) => {
        const facts = await store.stat(version);
        if (facts === null) suspects.set(version, 'missing');
        else if (sizeBytes !== null && facts.sizeBytes !== sizeBytes) suspects.set(version, 'truncated');
      }),
    );
  }
  return suspects;
}

async function record({ database, quarantine }: RowDeps, progress: RunProgress, suspects: Suspects): Promise<void> {
  if (suspects.size === 0) return;
  const live = findReferenced([...suspects.keys()]);
  await database.read(live);
  for (const { version } of new Map(live.rows.map((row) => [row.version, row])).values()) {
    const reason = suspects.get(version) ?? 'missing';
    if (reason === 'missing' && (await quarantine.reclaimVersion(version))) {
      progress.add('reclaimed');
      continue;
    }
    await database.transact({ steps: [markDamaged(version, reason, 'scan')] });
    progress.add(reason === 'missing' ? 'dangling' : 'truncated');
    await progress.beat();
  }
}

/** Bytes that are there again are no longer missing; whether they are the right ones is for the scrub to say. */
async function forgetHealed({ database }: RowDeps, references: readonly BlobReference[], suspects: Suspects): Promise<void> {
  const known = findKnownDamage(references.map(({ version }) => version));
  await database.read(known);
  const back = known.rows.flatMap(({ version, reason }) => (reason === 'missing' && !suspects.has(version) ? [version] : []));
  if (back.length > 0) await database.transact({ steps: [clearDamaged(back)] });
}

/**
 * Moves the rows that were found dangling to the quarantine, each looked at once more.
 * @throws Error when not a single row has its bytes, unless `force`
 */
export async function removeDangling({ database, store, upstream }: RowDeps, progress: RunProgress, force: boolean): Promise<void> {
  const [seen, dangling] = [progress.count('rowsSeen') - progress.count('unreachable'), progress.count('dangling')];
  if (!force && dangling > 0 && dangling >= seen) {
    throw new Error('Not a single row has its bytes, so this looks like the wrong byte store. Nothing was removed; force does it anyway.');
  }
  for (let after = ''; ;) {
    const page = listMissing(after, BATCH);
    await database.read(page);
    const last = page.rows.at(-1);
    if (last === undefined) return;
    const unreachable = await upstream.findUnreachable(page.rows.map(({ version }) => version));
    const gone: string[] = [];
    for (const { version } of page.rows) if (!unreachable.has(version) && (await store.stat(version)) === null) gone.push(version);
    const moved = quarantineRows(progress.runId, gone);
    await database.transact({ steps: [moved] });
    progress.add('danglingRemoved', Number(moved.rows[0]?.moved ?? 0));
    after = last.version;
    await progress.beat();
  }
}
