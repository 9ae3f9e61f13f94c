import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { readBlobs } from './blob-list.ts';
import { hashFile } from './hash-file.ts';
import { BASE_FILE, BLOBS_FILE, isVersionId, type Layout, MANIFEST_FILE, SERVER_MANIFEST_FILE, WANTED_FILE } from './layout.ts';
import { damagedFile, readManifest } from './manifest-file.ts';
import { listBackupIds } from './open-repository.ts';
import { syncDirectory } from '../config-files/sync-directory.ts';
import { readWanted } from './wanted-blobs.ts';

/** What a removal freed. */
export interface Removed {
  readonly ids: readonly string[];
  readonly blobs: number;
}

/**
 * Removes backups, and the bytes that no other backup names. Whoever calls it holds the pin. Killed at any moment it leaves unfinished backups,
 * which the next call removes.
 * @throws SJ_NOT_FOUND, SJ_BACKUP_DAMAGED when it cannot be known what other backups name
 */
export async function removeBackups(layout: Layout, ids: readonly string[]): Promise<Removed> {
  const known = new Set(await listBackupIds(layout));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) {
    throw new SupastorError('SJ_NOT_FOUND', `There is no backup ${missing}.`, { hint: 'supastor backups list' });
  }
  // Their lists must be right before anything is removed on their word.
  for (const id of known) if (!ids.includes(id)) await requireList(layout, id);
  for (const id of ids) {
    await rm(join(layout.backup(id), MANIFEST_FILE), { force: true });
    await syncDirectory(layout.backup(id));
  }
  return { ids, blobs: await removeUnfinished(layout) };
}

/** Removes the rows of what has no manifest, which nobody needs; its bytes are there for the next backup. */
export async function freeUnfinished(layout: Layout): Promise<void> {
  for (const id of (await sortOut(layout)).gone) {
    for (const name of [BASE_FILE, SERVER_MANIFEST_FILE]) await rm(join(layout.backup(id), name), { force: true });
  }
}

/** Removes what has no manifest, and the bytes that only such backups name; how many those were. */
export async function removeUnfinished(layout: Layout): Promise<number> {
  const { gone, kept } = await sortOut(layout);
  let removed = 0;
  for (const id of gone) {
    removed += await removeBlobsOf(layout, id, kept);
    await rm(layout.backup(id), { recursive: true, force: true });
  }
  if (gone.length > 0) await syncDirectory(layout.backups);
  return removed;
}

async function sortOut(layout: Layout): Promise<{ readonly gone: readonly string[]; readonly kept: readonly string[] }> {
  const [gone, kept]: [string[], string[]] = [[], []];
  for (const id of await listBackupIds(layout)) {
    // One whose manifest cannot be read is still one: only what was never finished goes by itself.
    const isFinished = await readManifest(layout.backup(id), id).then(
      (manifest) => manifest !== null,
      () => true,
    );
    (isFinished ? kept : gone).push(id);
  }
  return { gone, kept };
}

async function requireList(layout: Layout, id: string): Promise<void> {
  const manifest = await readManifest(layout.backup(id), id);
  const entry = manifest?.files.find(({ name }) => name === BLOBS_FILE);
  if (manifest === null || entry === undefined) return;
  const found = await hashFile(join(layout.backup(id), BLOBS_FILE), AbortSignal.timeout(600_000)).catch((error: unknown) => {
    throw damagedFile(id, BLOBS_FILE, 'cannot be read', error);
  });
  if (found.sha256 !== entry.sha256) throw damagedFile(id, BLOBS_FILE, 'is not what was written');
}

/** All lists are in the order of versions, so they are walked side by side and none has to fit into memory. */
async function removeBlobsOf(layout: Layout, id: string, kept: readonly string[]): Promise<number> {
  for (const other of kept) {
    const isSure = await requireList(layout, other).then(
      () => true,
      () => false,
    );
    // Bytes that are kept for nothing do less harm than bytes that are missing.
    if (!isSure) return 0;
  }
  const cursors = kept.map((other) => new Cursor(versionsOf(join(layout.backup(other), BLOBS_FILE))));
  let removed = 0;
  for await (const version of ownVersions(layout.backup(id))) {
    const named = await Promise.all(cursors.map((cursor) => cursor.has(version)));
    if (named.includes(true) || !isVersionId(version)) continue;
    await rm(layout.blob(version), { force: true });
    removed += 1;
  }
  await Promise.all(cursors.map((cursor) => cursor.close()));
  return removed;
}

async function* versionsOf(path: string): AsyncGenerator<string> {
  for await (const { version } of readBlobs(path)) yield version;
}

/** What a backup copied or was about to; nothing when it did not get as far. */
async function* ownVersions(directory: string): AsyncGenerator<string> {
  const names = await readdir(directory);
  if (names.includes(WANTED_FILE)) {
    for await (const { version } of readWanted(join(directory, WANTED_FILE))) yield version;
  } else if (names.includes(BLOBS_FILE)) yield* versionsOf(join(directory, BLOBS_FILE));
}

/** Walks an ordered list up to what is asked for, in order too. */
class Cursor {
  readonly #source: AsyncGenerator<string>;
  #current: string | null = '';

  constructor(source: AsyncGenerator<string>) {
    this.#source = source;
  }

  async has(version: string): Promise<boolean> {
    while (this.#current !== null && this.#current < version) {
      const next = await this.#source.next();
      this.#current = next.done === true ? null : next.value;
    }
    return this.#current === version;
  }

  async close(): Promise<void> {
    await this.#source.return(undefined);
  }
}
