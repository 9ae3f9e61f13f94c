import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port.ts';
import { createTempDir } from './temp-dir.ts';

const PROGRAM = '/usr/sbin/pgbouncer';
const POLL_MS = 50;
const READY_ATTEMPTS = 600;

/** Why PgBouncer cannot be used here, or null. */
export const LACKS_PGBOUNCER = existsSync(PROGRAM) ? null : 'pgbouncer is not installed';

export interface PgBouncer {
  readonly port: number;
  /** The URL it was given, through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The real PgBouncer in transaction mode in front of a database. `poolSize` connections to Postgres serve every client, so that no
 * client can count on one of its own.
 */
export async function startPgBouncer(databaseUrl: string, poolSize: number): Promise<PgBouncer> {
  const { hostname, port: serverPort, pathname, username, password } = new URL(databaseUrl);
  const login = password === '' ? '' : ` password=${decodeURIComponent(password)}`;
  const dir = await createTempDir('pgbouncer');
  const port = await findFreePort();
  const file = join(dir.path, 'pgbouncer.ini');
  // It refuses to run as root and takes another user's rights.
  await chmod(dir.path, 0o755);
  await writeFile(
    file,
    `[databases]
postgres = host=${hostname} port=${serverPort} dbname=${pathname.slice(1)} user=${username}${login}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 500
${process.getuid?.() === 0 ? 'user = nobody' : ''}
`,
    { mode: 0o644 },
  );
  const child = spawn(PROGRAM, ['-q', file], { stdio: 'ignore' });
  try {
    await waitUntilOpen(port, child);
  } catch (error) {
    await endOf(child);
    await dir.remove();
    throw error;
  }
  return {
    port,
    url: `postgresql://${username}@127.0.0.1:${port}/postgres`,
    async stop() {
      await endOf(child);
      await dir.remove();
    },
  };
}

async function waitUntilOpen(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < READY_ATTEMPTS && child.exitCode === null; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(POLL_MS);
  }
  throw new Error('pgbouncer does not listen');
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
