import { createHmac } from 'node:crypto';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { StorageClient } from '@supabase/storage-js';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { createTestPool } from './pool.ts';
import { startStorageApi, type StorageApi, type StorageApiOptions } from '../start.ts';

export const JWT_SECRET = 'test-secret-that-is-at-least-32-characters';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access token; `claims` may override role, exp, anything. */
export function signToken(claims: Readonly<Record<string, unknown>>, secret = JWT_SECRET): string {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iat: now, exp: now + 3600, ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export const SERVICE_TOKEN = signToken({ role: 'service_role' });
export const ANON_TOKEN = signToken({ role: 'anon' });

export interface TestServer extends StorageApi {
  readonly postgres: TempPostgres;
  readonly storePath: string;
  readonly databaseUrl: string;
  readonly options: StorageApiOptions;
  /** The real client, with the given token. */
  client(token?: string): StorageClient;
  /** A request with the given token, none when empty. */
  fetch(path: string, init?: RequestInit & { token?: string }): Promise<Response>;
  /** SQL as the database's superuser. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** Role as which the server logs in: what the embedded stack bootstraps, without superuser rights. */
export const BOOTSTRAP_SQL = `
  create role supabase_storage_admin noinherit createrole login;
  create role anon nologin noinherit; create role authenticated nologin noinherit; create role service_role nologin noinherit bypassrls;
  grant anon, authenticated, service_role to supabase_storage_admin;
  grant create on database postgres to supabase_storage_admin;`;

/** A real server on a free port, with its own Postgres and store. */
export async function startTestServer(overrides: Partial<StorageApiOptions> = {}): Promise<TestServer> {
  const postgres = await startTempPostgres();
  const dir = await createTempDir('storage');
  const pool = createTestPool(postgres.url, 4);
  await pool.query(BOOTSTRAP_SQL);
  const databaseUrl = postgres.url.replace('postgres@', 'supabase_storage_admin@');
  const options = { ...defaultOptions(databaseUrl, dir), ...overrides };
  const api = await startStorageApi(options);
  return {
    ...api,
    postgres,
    storePath: options.storePath,
    databaseUrl,
    options,
    client: (token = SERVICE_TOKEN) => new StorageClient(`${api.url}/storage/v1`, { authorization: `Bearer ${token}` }),
    fetch: (path, { token = SERVICE_TOKEN, headers, ...init } = {}) =>
      fetch(`${api.url}${path}`, {
        ...init,
        headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...toRecord(headers) },
      }),
    sql: async (text, values) => (await pool.query(text, values)).rows,
    async stop() {
      await api.stop();
      await pool.end();
      await postgres.stop();
      await dir.remove();
    },
  };
}

export function defaultOptions(databaseUrl: string, dir: TempDir): StorageApiOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    databaseUrl,
    maxConnections: 10,
    jwtSecret: JWT_SECRET,
    roles: ['anon', 'authenticated', 'service_role'],
    storePath: `${dir.path}/store`,
    maxUploadBytes: 100_000_000,
    uploadLinkSeconds: 7200,
    retiredGraceSeconds: 60,
    eventRetentionSeconds: 3600,
    collectPeriodMs: 3_600_000,
    resumableExpirationMs: 3_600_000,
    publicUrl: undefined,
    images: null,
    version: 'test',
    logger: createLogger({ service: 'storage', level: 'fatal' }),
  };
}

function toRecord(headers: RequestInit['headers']): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}
