import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { VERSION } from '@supastor/contract/version';
import { BACKUP_FORMAT, type BackupManifest } from '@supastor/contract/wire/backup';
import type { BackupProgress } from '@supastor/core/backups/backup-store.port';
import type { BlobSource } from '@supastor/core/backups/blob-source.port';
import type { Client } from 'pg';
import { fileError } from '../config-files/file-error.ts';
import { type BaseBackup, takeBaseBackup } from './base-backup.ts';
import { formatBlob, type ListedBlob } from './blob-list.ts';
import { type CopiedBlob, copyBlob } from './copy-blobs.ts';
import { createFileSink, type FileSink, type WrittenFile } from './file-sink.ts';
import { holdRepository } from './hold-repository.ts';
import { BASE_FILE, BLOBS_FILE, type Layout, SERVER_MANIFEST_FILE, WANTED_FILE } from './layout.ts';
import { writeManifest } from './manifest-file.ts';
import { clearIncoming, openRepository } from './open-repository.ts';
import { syncDirectory } from '../config-files/sync-directory.ts';
import { openReplication, type Pin } from './open-session.ts';
import { freeUnfinished, removeUnfinished } from './remove-backups.ts';
import { readWanted, writeWanted } from './wanted-blobs.ts';

export interface CreateBackupOptions {
  readonly destination: string;
  readonly databaseUrl: string;
  readonly source: BlobSource;
  readonly project: string;
  readonly environment: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackupProgress) => Promise<void>;
}

/** Versions that are copied at the same time. */
const PARALLEL = 16;
const REPORT_EVERY_BYTES = 8 * 1024 * 1024;

/**
 * Makes a backup: bytes are kept, rows are copied, then every version that they can name, and last the manifest. Whatever ends it before leaves
 * an unfinished backup: the next one begins with the bytes that are there, and removes what is left of it.
 * @throws SJ_LOCKED, SJ_CONFLICT, SJ_DATABASE_UNREACHABLE, SJ_TARGET_UNSUPPORTED, SJ_NO_SPACE, SJ_UPSTREAM_FAILED
 */
export async function createBackup(options: CreateBackupOptions): Promise<BackupManifest> {
  const { databaseUrl, destination } = options;
  return holdRepository(databaseUrl, destination, async (pin) => {
    const client = await openReplication(databaseUrl);
    try {
      return await run(options, client, pin);
    } catch (error) {
      throw fileError(error, destination, 'write');
    } finally {
      await client.end().catch(() => undefined);
    }
  });
}

async function run(options: CreateBackupOptions, client: Client, pin: Pin): Promise<BackupManifest> {
  const { destination, project, environment, onProgress } = options;
  const signal = AbortSignal.any([options.signal, pin.lost]);
  const database = await identify(client);
  const layout = await openRepository(destination, { project, systemIdentifier: database.systemIdentifier });
  await clearIncoming(layout);
  await freeUnfinished(layout);
  const startedAt = new Date();
  const id = `${startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;
  const directory = layout.backup(id);
  const incoming = join(layout.incoming, id);
  for (const path of [directory, incoming]) await mkdir(path, { mode: 0o700 });
  await onProgress({ phase: 'rows', done: 0, total: null, bytes: 0 });
  const base = await copyRows({ id, directory, client, signal, onProgress });
  const cutAt = new Date();
  const total = await writeWanted(client, join(directory, WANTED_FILE), signal);
  const blobs = await copyAll({ ...options, signal }, { layout, directory, incoming, total });
  await pin.check();
  await rm(join(directory, WANTED_FILE));
  await rm(incoming, { recursive: true, force: true });
  for (const path of [directory, layout.backups]) await syncDirectory(path);
  const manifest: BackupManifest = {
    format: BACKUP_FORMAT,
    id,
    project,
    environment,
    version: VERSION,
    database: { ...database, ...base.positions },
    startedAt: startedAt.toISOString(),
    cutAt: cutAt.toISOString(),
    finishedAt: new Date().toISOString(),
    blobs: blobs.counts,
    files: [
      { name: BASE_FILE, ...base.archive },
      { name: SERVER_MANIFEST_FILE, ...base.manifest },
      { name: BLOBS_FILE, ...blobs.list },
    ],
  };
  await writeManifest(directory, manifest);
  // Only now: what they had copied is not copied again. This one stands in any case; the next one tries once more.
  await removeUnfinished(layout).catch(() => undefined);
  return manifest;
}

const OLDEST_SERVER = 150_000;

async function identify(
  client: Client,
): Promise<{ readonly name: string; readonly serverVersion: string; readonly systemIdentifier: string }> {
  const { rows } = await client.query<{ name: string; version: string; number: string; identifier: string }>(
    `select current_database() as name, current_setting('server_version') as version, current_setting('server_version_num') as number,
       system_identifier::text as identifier from pg_control_system()`,
  );
  const [found] = rows;
  if (found === undefined) throw new SupastorError('SJ_UPSTREAM_FAILED', 'Postgres did not say which cluster it is.');
  if (Number(found.number) < OLDEST_SERVER) {
    throw new SupastorError('SJ_TARGET_UNSUPPORTED', `Backups need Postgres 15 or newer; this one is ${found.version}.`);
  }
  return { name: found.name, serverVersion: found.version, systemIdentifier: found.identifier };
}

interface RowsOptions extends Pick<CreateBackupOptions, 'signal' | 'onProgress'> {
  readonly id: string;
  readonly directory: string;
  readonly client: Client;
}

interface CopiedRows {
  readonly positions: BaseBackup;
  readonly archive: WrittenFile;
  readonly manifest: WrittenFile;
}

async function copyRows({ id, directory, client, signal, onProgress }: RowsOptions): Promise<CopiedRows> {
  const archive = createFileSink(join(directory, BASE_FILE), { compress: true });
  const manifest = createFileSink(join(directory, SERVER_MANIFEST_FILE), { compress: false });
  let [bytes, reported] = [0, 0];
  const measured = async (chunk: Buffer) => {
    await archive.write(chunk);
    bytes += chunk.length;
    if (bytes - reported < REPORT_EVERY_BYTES) return;
    reported = bytes;
    await onProgress({ phase: 'rows', done: 0, total: null, bytes });
  };
  try {
    const positions = await takeBaseBackup(client, id, { archive: measured, manifest: (chunk) => manifest.write(chunk) }, signal);
    return { positions, archive: await archive.finish(), manifest: await manifest.finish() };
  } catch (error) {
    await Promise.all([archive.abandon(), manifest.abandon()]);
    throw error;
  }
}

interface Places {
  readonly layout: Layout;
  readonly directory: string;
  readonly incoming: string;
  /** How many versions are wanted. */
  readonly total: number;
}

interface CopiedBlobs {
  readonly counts: BackupManifest['blobs'];
  readonly list: WrittenFile;
}

async function copyAll(options: CreateBackupOptions, { layout, directory, incoming, total }: Places): Promise<CopiedBlobs> {
  const { source, signal, onProgress } = options;
  const wantedPath = join(directory, WANTED_FILE);
  const changed = new Set<string>();
  const list = createFileSink(join(directory, BLOBS_FILE), { compress: false });
  const counts = { count: 0, bytes: 0, added: 0, addedBytes: 0, unavailable: 0 };
  let done = 0;
  try {
    for await (const { listed, addedBytes } of inOrder(readWanted(wantedPath), (wanted) =>
      copyBlob(wanted, { layout, source, incoming, signal, changed }),
    )) {
      signal.throwIfAborted();
      done += 1;
      if (listed !== null) await note(listed, addedBytes, list, counts);
      await onProgress({ phase: 'bytes', done, total, bytes: counts.addedBytes });
    }
    const written = await list.finish();
    for (const path of changed) await syncDirectory(path);
    return { counts, list: written };
  } catch (error) {
    await list.abandon();
    throw error;
  }
}

async function note(
  listed: ListedBlob,
  addedBytes: number | null,
  list: FileSink,
  counts: { -readonly [K in keyof BackupManifest['blobs']]: number },
): Promise<void> {
  await list.write(formatBlob(listed));
  if (listed.sha256 === null) {
    counts.unavailable += 1;
    return;
  }
  counts.count += 1;
  counts.bytes += listed.bytes ?? 0;
  if (addedBytes === null) return;
  counts.added += 1;
  counts.addedBytes += addedBytes;
}

/** Works on several at the same time; the results come in the order of the items. */
async function* inOrder<T>(items: AsyncIterable<T>, work: (item: T) => Promise<CopiedBlob>): AsyncGenerator<CopiedBlob> {
  const running: Promise<CopiedBlob>[] = [];
  try {
    for await (const item of items) {
      running.push(work(item));
      const first = running.length >= PARALLEL ? running.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (let next = running.shift(); next !== undefined; next = running.shift()) yield await next;
  } finally {
    await Promise.allSettled(running);
  }
}
