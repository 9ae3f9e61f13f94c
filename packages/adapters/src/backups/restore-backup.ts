import { execFile } from 'node:child_process';
import { chown, lstat, mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SupastorError } from '@supastor/contract/errors';
import type { BackupManifest } from '@supastor/contract/wire/backup';
import type { BackupWork } from '@supastor/core/backups/backup-store.port';
import type { Client } from 'pg';
import { fileError } from '../config-files/file-error.ts';
import { FRESH_SUFFIX } from '../targets/embedded/embedded-target.ts';
import type { PostgresBinaries } from '../targets/embedded/postgres/binaries.ts';
import { clearLeftovers } from '../targets/embedded/postgres/leftovers.ts';
import type { Owner } from '../targets/embedded/postgres/owner.ts';
import { startScratchPostgres } from '../targets/embedded/postgres/scratch-postgres.ts';
import { extractBase } from './extract-base.ts';
import { BASE_FILE, layoutOf } from './layout.ts';
import { type RestoredBytes, restoreBytes } from './restore-bytes.ts';
import { syncDirectory } from '../config-files/sync-directory.ts';
import { requireManifest, verifyBackup } from './verify-backup.ts';

const run = promisify(execFile);

export interface RestoreOptions extends BackupWork {
  readonly destination: string;
  readonly id: string;
  /** Name of the database that the configuration says. */
  readonly database: string;
  /** Where the stack has its data; nobody uses it meanwhile. What is there is kept aside. */
  readonly places: { readonly postgres: string; readonly objects: string };
  /** A short directory for a socket, made and removed. */
  readonly socketDir: string;
  readonly binaries: PostgresBinaries;
  /** Whom the data of Postgres belongs to. */
  readonly owner: Owner | undefined;
}

export interface Restored extends RestoredBytes {
  readonly manifest: BackupManifest;
  /** Where the data is that was there before. */
  readonly keptAside: readonly string[];
}

/** Checks that a backup can be restored here, every byte of it. Nothing is changed. @throws SJ_NOT_FOUND, SJ_BACKUP_DAMAGED, SJ_CONFLICT, SJ_NO_SPACE */
export async function checkRestore(options: RestoreOptions): Promise<BackupManifest> {
  const { destination, id, database, binaries, places } = options;
  const layout = layoutOf(destination);
  const manifest = await requireManifest(layout, id);
  const { stdout } = await run(binaries.postgres, ['--version'], { cwd: '/' });
  const [ours, theirs] = [majorOf(stdout.replace(/^.*\)\s*/, '')), majorOf(manifest.database.serverVersion)];
  if (ours !== theirs) {
    throw new SupastorError('SJ_CONFLICT', `The backup is of Postgres ${theirs}, and this installation runs Postgres ${ours}.`, {
      hint: `Restore it with a version of Supastor that runs Postgres ${theirs}.`,
    });
  }
  if (manifest.database.name !== database) {
    throw new SupastorError(
      'SJ_CONFLICT',
      `The backup is of the database "${manifest.database.name}", and the configuration names "${database}".`,
      {
        hint: `Set postgres.database: ${manifest.database.name}`,
      },
    );
  }
  await verifyBackup(layout, id, options);
  await requireSpace(manifest, places);
  return manifest;
}

/**
 * Brings back rows and bytes of a backup that checkRestore found whole. Everything is put together and compared beside the data that is there; only then it takes its place.
 * @throws SJ_BACKUP_DAMAGED, SJ_NO_SPACE, SJ_SERVICE_START_FAILED; the data that was there is untouched then
 */
export async function restoreBackup(options: RestoreOptions, manifest: BackupManifest): Promise<Restored> {
  const { postgres, objects } = options.places;
  const fresh = { postgres: postgres + FRESH_SUFFIX, objects: objects + FRESH_SUFFIX };
  try {
    // A restore that was killed may have left its server running there.
    await clearLeftovers(fresh.postgres, options.socketDir);
    await Promise.all(Object.values(fresh).map((path) => rm(path, { recursive: true, force: true })));
    const restored = await assemble(options, manifest, fresh);
    const keptAside = await takePlaces(options, fresh);
    return { ...restored, manifest, keptAside };
  } catch (error) {
    await Promise.all(Object.values(fresh).map((path) => rm(path, { recursive: true, force: true }).catch(() => undefined)));
    throw fileError(error, postgres, 'write');
  }
}

async function assemble(options: RestoreOptions, manifest: BackupManifest, fresh: RestoreOptions['places']): Promise<RestoredBytes> {
  const { destination, id, owner, binaries, socketDir, signal, onProgress } = options;
  const layout = layoutOf(destination);
  for (const path of Object.values(fresh)) await mkdir(path, { recursive: true, mode: 0o700 });
  if (owner) await chown(fresh.postgres, owner.uid, owner.gid);
  await onProgress({ phase: 'rows', done: 0, total: null, bytes: 0 });
  const sha256 = manifest.files.find(({ name }) => name === BASE_FILE)?.sha256 ?? '';
  await extractBase({ id, archive: join(layout.backup(id), BASE_FILE), sha256, target: fresh.postgres, owner, signal });
  await requireSettings(fresh.postgres, owner);
  const server = await startScratchPostgres({ binaries, dataDir: fresh.postgres, socketDir, owner, signal });
  try {
    const client = await server.connect(manifest.database.name);
    try {
      const restored = await restoreBytes({ layout, id, client, target: fresh.objects, signal, onProgress });
      await settleRows(client);
      return restored;
    } finally {
      await client.end();
    }
  } finally {
    await server.stop();
    await rm(join(fresh.objects, 'named.tsv'), { force: true });
  }
}

/** A cluster whose settings lie elsewhere, as those of some distributions do, comes without the file. */
async function requireSettings(dataDir: string, owner: Owner | undefined): Promise<void> {
  const path = join(dataDir, 'postgresql.conf');
  const isThere = await lstat(path).catch(() => null);
  if (isThere !== null) return;
  await writeFile(path, '', { mode: 0o600 });
  if (owner) await chown(path, owner.uid, owner.gid);
}

/** The backup itself was under way in its own rows, and bytes of replaced versions are not brought back. */
const SETTLE = `do $supastor$ begin
  if to_regclass('storage.retired_blobs') is not null then delete from storage.retired_blobs; end if;
  if to_regclass('supastor.jobs') is not null then
    update supastor.jobs set state = 'failed', finished_at = now(), worker = null, error_code = 'SJ_INTERRUPTED',
      error_message = 'It was under way when the backup was made that was restored since.'
      where state in ('queued', 'running') and kind like 'backups.%';
  end if;
end $supastor$`;

async function settleRows(client: Client): Promise<void> {
  await client.query(SETTLE);
}

/** Old data goes aside, new data takes its place; when that fails halfway, everything is put back. */
async function takePlaces({ places }: RestoreOptions, fresh: RestoreOptions['places']): Promise<readonly string[]> {
  const suffix = `.before-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  const moves: (readonly [from: string, to: string])[] = [];
  const move = async (from: string, to: string) => {
    await rename(from, to);
    moves.push([from, to]);
  };
  const keptAside: string[] = [];
  try {
    for (const [now, next] of [
      [places.objects, fresh.objects],
      [places.postgres, fresh.postgres],
    ] as const) {
      if ((await lstat(now).catch(() => null)) !== null) {
        await move(now, now + suffix);
        keptAside.push(now + suffix);
      }
      await move(next, now);
    }
  } catch (error) {
    for (const [from, to] of moves.toReversed()) await rename(to, from);
    throw error;
  }
  for (const path of new Set([dirname(places.objects), dirname(places.postgres)])) await syncDirectory(path);
  return keptAside;
}

/** Rows compress well; this much more than their archive they may need. */
const ROWS_FACTOR = 12;

async function requireSpace(manifest: BackupManifest, places: RestoreOptions['places']): Promise<void> {
  const rows = (manifest.files.find(({ name }) => name === BASE_FILE)?.bytes ?? 0) * ROWS_FACTOR;
  for (const [path, needed] of [
    [places.objects, manifest.blobs.bytes],
    [places.postgres, rows],
  ] as const) {
    const { bavail, bsize } = await statfs(dirname(path));
    if (bavail * bsize >= needed) continue;
    throw new SupastorError(
      'SJ_NO_SPACE',
      `${dirname(path)} has ${bavail * bsize} bytes free, and the restore needs ${needed}. Nothing was changed.`,
      {
        hint: `free some space: df -h ${dirname(path)}`,
      },
    );
  }
}

function majorOf(version: string): string {
  return /^\d+/.exec(version)?.[0] ?? version;
}
