import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { SupastorError } from '@supastor/contract/errors';
import { Client } from 'pg';
import type { PostgresBinaries } from './binaries.ts';
import { writeAccessRules } from './cluster.ts';
import type { Owner } from './owner.ts';

export interface ScratchPostgresOptions {
  readonly binaries: PostgresBinaries;
  readonly dataDir: string;
  /** Short; made and removed. */
  readonly socketDir: string;
  readonly owner: Owner | undefined;
  readonly signal: AbortSignal;
}

export interface ScratchPostgres {
  /** A connection of the superuser. */
  connect(database: string): Promise<Client>;
  /** Ends it in good order, so that its data directory needs no recovery. @throws SJ_SERVICE_START_FAILED when it does not */
  stop(): Promise<void>;
}

const PORT = 5432;
const LAST_LINES = 15;
const READY = 'database system is ready to accept connections';

/**
 * Runs a server over a data directory that nobody else uses, to be reached over its socket only. What needs recovery is recovered.
 * @throws SJ_SERVICE_START_FAILED with the end of what it said
 */
export async function startScratchPostgres(options: ScratchPostgresOptions): Promise<ScratchPostgres> {
  const { binaries, dataDir, socketDir, owner, signal } = options;
  await writeAccessRules(dataDir, owner);
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  await chmod(socketDir, 0o700);
  if (owner) await chown(socketDir, owner.uid, owner.gid);
  const settings = {
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: socketDir,
    archive_mode: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    lc_messages: 'C',
  };
  const args = ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const child = spawn(binaries.postgres, args, { cwd: '/', env, stdio: ['ignore', 'ignore', 'pipe'], ...owner });
  const exited = once(child, 'exit').catch(() => []);
  const lines: string[] = [];
  const failure = () =>
    new SupastorError(
      'SJ_SERVICE_START_FAILED',
      `Postgres did not run over the rows of the backup:\n${lines.slice(-LAST_LINES).join('\n')}`,
    );
  const end = async (how: NodeJS.Signals) => {
    child.kill(how);
    await exited;
    await rm(socketDir, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        lines.push(line);
        if (line.includes(READY)) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(failure()));
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  } catch (error) {
    await end('SIGQUIT');
    throw error;
  }
  return {
    async connect(database) {
      const client = new Client({ host: socketDir, port: PORT, user: 'postgres', database, application_name: 'supastor restore' });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    async stop() {
      await end('SIGINT');
      if (child.exitCode !== 0) throw failure();
    },
  };
}
