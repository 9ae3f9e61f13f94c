import type { BlobEntry } from '../blobs/blob-store.port.ts';
import { isVersion } from '../blobs/file-layout.ts';
import type { ManagedStore } from '../blobs/managed-store.port.ts';
import type { UpstreamReader } from '../blobs/upstream/upstream-reader.ts';
import type { Database } from '../metadata/database.ts';
import { findOpenUploads } from '../uploads/upload-queries.ts';
import type { UploadSpace } from '../uploads/upload-space.port.ts';
import type { LooseFiles } from '../blobs/loose-files.ts';
import type { Quarantine } from './quarantine.ts';
import { findUnknownVersions } from './quarantine-queries.ts';
import type { RunProgress } from './run-progress.ts';

const BATCH = 500;

export interface StrayDeps {
  readonly database: Database;
  readonly store: ManagedStore;
  readonly upstream: UpstreamReader;
  readonly space: UploadSpace;
  readonly loose: LooseFiles | null;
  readonly quarantine: Quarantine;
}

/**
 * Bytes of versions that nothing refers to. What is looked at in which order makes this safe beside writers: first the bytes, then
 * the marks of unfinished writes, then the rows. Whoever wrote the bytes has marked them before and settles the mark only after
 * the commit, so bytes that are seen, not marked then, and without a row after that, have nobody.
 */
export async function scanVersions(deps: StrayDeps, progress: RunProgress, graceMs: number, from: string | null): Promise<void> {
  for (let cursor = from; ;) {
    const { entries, next } = await deps.store.list(cursor);
    progress.add('versionsSeen', entries.length);
    const old = entries.filter((entry) => ageMs(entry) >= graceMs);
    for (let index = 0; index < old.length; index += BATCH) {
      await takeStrays(deps, progress, old.slice(index, index + BATCH));
      await progress.beat();
    }
    if (next === null) return;
    cursor = next;
    await progress.save({ phase: 'versions', cursor });
  }
}

async function takeStrays({ database, store, quarantine }: StrayDeps, progress: RunProgress, entries: readonly BlobEntry[]): Promise<void> {
  const marked = new Set<string>();
  for (const instance of await store.listInstances()) for (const version of await store.listIntents(instance)) marked.add(version);
  const unmarked = entries.filter(({ version }) => !marked.has(version));
  const unknown = findUnknownVersions(unmarked.map(({ version }) => version));
  await database.read(unknown);
  const strays = new Set(unknown.rows.map(({ version }) => version));
  const found = unmarked.filter(({ version }) => strays.has(version));
  const taken = await quarantine.takeVersions(progress.runId, found);
  progress.add('strays', taken);
  progress.add(
    'strayBytes',
    found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
}

/** Files that are no versions in their place, and bytes of resumable uploads that no row leads to. */
export async function scanLooseFiles(deps: StrayDeps, progress: RunProgress, graceMs: number): Promise<void> {
  const { database, space, loose, quarantine } = deps;
  if (loose === null) return;
  const beforeMs = Date.now() - graceMs;
  for await (const file of loose.list(beforeMs)) {
    if (await quarantine.takeFile(progress.runId, file)) progress.add('strays');
    await progress.beat();
  }
  const untouched = await space.listUntouchedSince(beforeMs);
  const open = findOpenUploads(untouched);
  await database.read(open);
  const wanted = new Set(open.rows.map(({ version }) => version));
  for (const upload of untouched.filter((each) => !wanted.has(each))) {
    const file = { path: `resumable/${upload}`, sizeBytes: 0, modifiedAt: new Date(beforeMs) };
    if (await quarantine.takeFile(progress.runId, file)) progress.add('strays');
  }
}

/** Of the bytes and of the version id, which is younger: a copy may be a second name for old bytes. */
function ageMs({ version, modifiedAt }: BlobEntry): number {
  const isTimed = isVersion(version) && version[14] === '7';
  const madeMs = isTimed ? Number.parseInt(version.slice(0, 8) + version.slice(9, 13), 16) : 0;
  return Date.now() - Math.max(modifiedAt.getTime(), Math.min(madeMs, Date.now()));
}
