import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SupastorError } from '@supastor/contract/errors';
import { syncDirectory } from '../../../config-files/sync-directory.ts';
import { guardFs } from '../files/fs-errors.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { Owner } from './owner.ts';

const run = promisify(execFile);

/** Settings written once into postgresql.conf, where an operator may change them. They keep an idle server small. */
const INITIAL_SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '32MB',
  max_wal_size: '512MB',
  min_wal_size: '80MB',
  wal_compression: 'on',
  huge_pages: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  random_page_cost: '1.1',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
};

/**
 * Creates an empty database cluster in `dataDir`, unless one is there. It is made aside and renamed, so that `dataDir` is whole or absent.
 * @throws SJ_NO_SPACE, SJ_DIRECTORY_NOT_WRITABLE, SJ_SERVICE_START_FAILED
 */
export async function ensureCluster(binaries: PostgresBinaries, dataDir: string, owner: Owner | undefined): Promise<void> {
  if (await isCluster(dataDir)) return;
  const temporary = `${dataDir}.initializing`;
  await guardFs(dataDir, async () => {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await chmod(temporary, 0o700);
    if (owner) await chown(temporary, owner.uid, owner.gid);
  });
  try {
    await initialize(binaries, temporary, owner);
    await guardFs(dataDir, async () => {
      // An empty directory, made by hand or as a mount point's remains, does not stand in the way; anything else does.
      await rename(temporary, dataDir);
      await syncDirectory(dirname(dataDir));
    });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Whether a complete cluster is in the directory. */
export async function isCluster(dataDir: string): Promise<boolean> {
  const entries: readonly string[] = await readdir(dataDir).catch(() => []);
  return entries.includes('PG_VERSION') && entries.includes('global');
}

async function initialize(binaries: PostgresBinaries, dataDir: string, owner: Owner | undefined): Promise<void> {
  const settings = Object.entries(INITIAL_SETTINGS).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // Who may connect is written before every start (see writeAccessRules); until then nothing listens.
  const args = ['-D', dataDir, '-U', 'postgres', '--auth=reject', '--data-checksums', ...locale, ...settings];
  try {
    await run(binaries.initdb, args, { ...owner, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    if (output.includes('No space left on device')) {
      throw new SupastorError('SJ_NO_SPACE', `No space left to create the database in ${dataDir}`, {
        hint: `free some space: df -h ${dirname(dataDir)}`,
        cause: error,
      });
    }
    const message = output || (error instanceof Error ? error.message : String(error));
    throw new SupastorError('SJ_SERVICE_START_FAILED', `The database could not be created:\n${message}`, {
      hint: 'supastor doctor',
      cause: error,
    });
  }
}

/**
 * Writes who may connect: the supervisor's own user as `postgres` over the private socket without a password, everyone else with one.
 * So a password that was changed in the configuration can always be brought into the database.
 */
export async function writeAccessRules(dataDir: string, owner: Owner | undefined, supervisorUser = userInfo().username): Promise<void> {
  const rules = [
    '# Written by supastor before every start.',
    'local all postgres peer map=supastor',
    'local all all scram-sha-256',
    'host all all all scram-sha-256',
    'local replication all scram-sha-256',
    'host replication all all scram-sha-256',
    '',
  ];
  await writeOwned(join(dataDir, 'pg_hba.conf'), rules.join('\n'), owner);
  await writeOwned(join(dataDir, 'pg_ident.conf'), `supastor "${supervisorUser.replaceAll('"', '""')}" postgres\n`, owner);
}

async function writeOwned(path: string, text: string, owner: Owner | undefined): Promise<void> {
  await guardFs(path, async () => {
    const temporary = `${path}.supastor`;
    await writeFile(temporary, text, { mode: 0o600 });
    if (owner) await chown(temporary, owner.uid, owner.gid);
    await rename(temporary, path);
  });
}
