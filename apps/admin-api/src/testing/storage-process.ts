import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { SignJWT } from 'jose';
import { Client } from 'pg';
import type { AdminApiOptions } from '../options.ts';
import { FOREIGN_STORAGE_URL, openForeignStorage } from './foreign-storage.ts';
import { startOfficialGate } from './official-gate.ts';

const MAIN = fileURLToPath(new URL('../../../storage-api/src/main.ts', import.meta.url));
const JWT_SECRET = 'jwt-secret-of-these-tests-only-0123456789';

const BOOTSTRAP = `
  create role supabase_storage_admin noinherit createrole login;
  create role anon nologin noinherit;
  create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
  grant anon, authenticated, service_role to supabase_storage_admin;
  grant create on database postgres to supabase_storage_admin;`;

/** What an admin API is given that administers a storage server. */
type Administered = Pick<AdminApiOptions, 'storageUrl' | 'storagePublicUrl' | 'serviceRoleKey' | 'databaseUrl'>;

export interface StorageProcess {
  /** Base URL without /storage/v1. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly serviceRoleKey: string;
  readonly forAdmin: Administered;
  /** Key of access tokens (HS256). */
  readonly jwtSecret: string;
  /** Ends the server without warning. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The real storage server as a process of its own, over a real, empty Postgres and a temporary directory; or the one that the environment
 * names.
 */
export async function startStorageProcess(): Promise<StorageProcess> {
  if (FOREIGN_STORAGE_URL !== undefined) return openForeignStorage(FOREIGN_STORAGE_URL);
  return spawnStorageProcess();
}

/** The same behind a gate that lets through what the official server has. */
export async function startGatedStorage(): Promise<StorageProcess> {
  const storage = await spawnStorageProcess();
  const gate = await startOfficialGate(storage.url);
  const storageUrl = `${gate.url}/storage/v1`;
  return {
    ...storage,
    url: gate.url,
    forAdmin: { ...storage.forAdmin, storageUrl, storagePublicUrl: storageUrl },
    async stop() {
      await gate.stop();
      await storage.stop();
    },
  };
}

async function spawnStorageProcess(): Promise<StorageProcess> {
  const [postgres, dir] = await Promise.all([startTempPostgres(), createTempDir('objects')]);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(BOOTSTRAP).finally(() => client.end());
  const serviceRoleKey = await new SignJWT({ role: 'service_role' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(JWT_SECRET));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'] ?? '',
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: '0',
      DATABASE_URL: postgres.url.replace('postgres@', 'supabase_storage_admin@'),
      AUTH_JWT_SECRET: JWT_SECRET,
      SERVICE_KEY: serviceRoleKey,
      STORAGE_BACKEND: 'file',
      STORAGE_FILE_BACKEND_PATH: dir.path,
      LOG_LEVEL: 'info',
    },
  });
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const url = await readUrl(child);
  const [apiUrl, databaseUrl] = [`${url}/storage/v1`, postgres.url];
  return {
    url,
    databaseUrl,
    serviceRoleKey,
    forAdmin: { storageUrl: apiUrl, storagePublicUrl: apiUrl, serviceRoleKey, databaseUrl },
    jwtSecret: JWT_SECRET,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      await postgres.stop();
      await dir.remove();
    },
  };
}

/** The address the server names in its log once it is ready. */
function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    if (!child.stdout) return reject(new Error('the storage server has no output'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const url = /"url":"(http[^"]+)"/.exec(line)?.[1];
      if (url !== undefined && line.includes('ready')) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the storage server ended with ${code}:\n${lines.slice(-5).join('\n')}`)));
    return undefined;
  });
}
