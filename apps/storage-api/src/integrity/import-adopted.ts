import type { AdoptedBytes, ImportOptions } from '@supastor/contract/wire/maintenance';
import { z } from 'zod';
import type { ManagedStore } from '../blobs/managed-store.port.ts';
import { countAdopted, findFacts, listFailures, listImported, listWaiting } from '../blobs/upstream/import-queries.ts';
import { importVersion, type ImportVersionDeps, type WantedBytes } from '../blobs/upstream/import-version.ts';
import { forgetPlace, type PlaceRow } from '../blobs/upstream/place-queries.ts';
import type { UpstreamReader } from '../blobs/upstream/upstream-reader.ts';
import type { UpstreamSource } from '../blobs/upstream/upstream-source.port.ts';
import type { Database } from '../metadata/database.ts';
import { isUnreadable } from './check-version.ts';
import { clearDamaged, findKnownDamage } from './integrity-queries.ts';
import { createPace } from './pace.ts';
import type { RunProgress } from './run-progress.ts';

const PHASES = ['copy', 'sources'] as const;
/** Versions up to `after` are done in this phase. */
export const importPositionSchema = z.object({ phase: z.enum(PHASES).default('copy'), after: z.string().default('') });
export type ImportPosition = z.output<typeof importPositionSchema>;

export interface ImportDeps {
  readonly database: Database;
  /** Our own layout, without what is read through it. */
  readonly own: ManagedStore;
  readonly upstream: UpstreamReader;
}

const BATCH = 100;
/** Small objects wait for the disk more than they keep it busy. */
const PARALLEL = 4;
const MD5 = /^"?([0-9a-f]{32})"?$/i;

/**
 * Copies what the original has stored into our layout, and removes it there when asked to. What cannot be copied is noted with its
 * reason and tried again by the next import.
 * @throws Error when the store of the original cannot be looked into, or may not be changed and should be
 */
export async function runImport(
  deps: ImportDeps,
  progress: RunProgress,
  options: ImportOptions & { readonly bytesPerSecond: number },
  from: ImportPosition,
): Promise<void> {
  const counts = countAdopted();
  await deps.database.read(counts);
  if (counts.rows.every(({ waiting, imported }) => waiting + imported === 0)) return;
  const source = await requireSource(deps, options.removeSource);
  const pace = createPace(progress, options.bytesPerSecond);
  if (from.phase === 'copy') {
    const one: ImportVersionDeps = { database: deps.database, store: deps.own, source, isUnreadable, pace };
    await copyAll(deps, progress, one, from.after);
  }
  if (options.removeSource) await removeSources(deps, progress, source, from.phase === 'sources' ? from.after : '');
}

async function requireSource({ upstream }: ImportDeps, mustWrite: boolean): Promise<UpstreamSource> {
  const { source } = upstream;
  if (source === null) throw new Error('The store of Supabase Storage is not configured. Set storage.upstream and restart.');
  if (!(await upstream.isReachable()))
    throw new Error(`There is nothing of Supabase Storage at ${source.label}. Check storage.upstream (path, tenant, bucket).`);
  if (mustWrite && !source.isWritable)
    throw new Error(`${source.label} may only be read. Set storage.upstream.writable to remove what is imported.`);
  return source;
}

async function copyAll(deps: ImportDeps, progress: RunProgress, one: ImportVersionDeps, from: string): Promise<void> {
  for (let after = from; ;) {
    const page = listWaiting(after, BATCH);
    await deps.database.read(page);
    const last = page.rows.at(-1);
    if (last === undefined) return;
    const wanted = await findWanted(deps, page.rows);
    const rows = page.rows.filter(({ version }) => wanted.has(version));
    for (let index = 0; index < rows.length; index += PARALLEL) {
      const group = rows.slice(index, index + PARALLEL);
      const results = await Promise.allSettled(group.map((row) => copyOne(progress, one, row, wanted.get(row.version))));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      await progress.beat();
    }
    await clearHealed(deps, rows);
    after = last.version;
    await progress.save({ phase: 'copy', after });
  }
}

async function copyOne(
  progress: RunProgress,
  deps: ImportVersionDeps,
  row: PlaceRow,
  wanted: WantedBytes = { sizeBytes: null, md5: null },
): Promise<void> {
  const result = await importVersion(deps, row, wanted);
  if (result.kind === 'imported') {
    progress.add('imported');
    progress.add('bytesImported', result.sizeBytes);
  } else if (result.kind === 'failed') {
    progress.add('failed');
    progress.add(`failed: ${result.reason}`);
  }
}

async function findWanted({ database }: ImportDeps, rows: readonly PlaceRow[]): Promise<ReadonlyMap<string, WantedBytes>> {
  const facts = findFacts(rows.map(({ version }) => version));
  await database.read(facts);
  return new Map(
    facts.rows.map(({ version, size_bytes, etag }) => [
      version,
      { sizeBytes: size_bytes === null ? null : Number(size_bytes), md5: MD5.exec(etag ?? '')?.[1]?.toLowerCase() ?? null },
    ]),
  );
}

/** What is in place now and verified is no longer missing. */
async function clearHealed({ database, own }: ImportDeps, rows: readonly PlaceRow[]): Promise<void> {
  const known = findKnownDamage(rows.map(({ version }) => version));
  await database.read(known);
  const healed: string[] = [];
  for (const { version } of known.rows) if ((await own.stat(version)) !== null) healed.push(version);
  if (healed.length > 0) await database.transact({ steps: [clearDamaged(healed)] });
}

async function removeSources(deps: ImportDeps, progress: RunProgress, source: UpstreamSource, from: string): Promise<void> {
  for (let after = from; ;) {
    const page = listImported(after, BATCH);
    await deps.database.read(page);
    const last = page.rows.at(-1);
    if (last === undefined) return;
    for (const row of page.rows) {
      // Nothing is removed of which our own copy is not there.
      if ((await deps.own.stat(row.version)) === null) continue;
      await deps.upstream.removeBytes(source, row);
      await deps.database.transact({ steps: [forgetPlace(row.version)] });
      progress.add('sourcesRemoved');
      await progress.beat();
    }
    after = last.version;
    await progress.save({ phase: 'sources', after });
  }
}

/** What is left to import, and what could not be. */
export async function describeAdopted({ database, upstream }: Omit<ImportDeps, 'own'>, limit: number): Promise<AdoptedBytes> {
  const [counts, failures] = [countAdopted(), listFailures(limit)];
  await database.read(counts, failures);
  const { source } = upstream;
  return {
    source: source?.label ?? null,
    isReachable: await upstream.isReachable(),
    isWritable: source?.isWritable ?? false,
    ...(counts.rows[0] ?? { waiting: 0, imported: 0, failed: 0 }),
    failures: failures.rows,
  };
}
