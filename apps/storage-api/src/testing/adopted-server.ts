import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { StorageClient } from '@supabase/storage-js';
import type { Pool } from 'pg';
import { startStorageApi, type StorageApi, type StorageApiOptions } from '../start.ts';
import { createTestPool } from './pool.ts';
import { defaultOptions, SERVICE_TOKEN } from './server.ts';
import { UPSTREAM_ROLES, upstreamSchema, type UpstreamStage } from './upstream-schema.ts';

/** A row that the original has left, as far as its bytes depend on it. */
export interface UpstreamRow {
  readonly bucket: string;
  readonly name: string;
  readonly version: string | null;
}

/** A database of the original whose bytes lie in its layout, and our server on it. */
export interface AdoptedServer {
  readonly pool: Pool;
  /** A directory of the test. */
  readonly path: string;
  /** What the original has as FILE_STORAGE_BACKEND_PATH. */
  readonly treePath: string;
  readonly options: StorageApiOptions;
  readonly rows: readonly UpstreamRow[];
  api: StorageApi;
  client(token?: string): StorageClient;
  fetch(path: string, init?: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }): Promise<Response>;
  /** Stops the server; {@link AdoptedServer.restart} starts another one. */
  halt(): Promise<void>;
  /** Stops the server, if it runs, and starts another one. */
  restart(overrides?: Partial<StorageApiOptions>): Promise<void>;
  stop(): Promise<void>;
}

export interface AdoptedOptions {
  readonly stage: UpstreamStage;
  /** Runs as superuser on the database of the original, before ours sees it. */
  readonly sql?: string;
  readonly overrides?: (path: string) => Partial<StorageApiOptions>;
  /** Puts the bytes of the rows where the original has them; a tree of files by default, with `abc` in each. */
  readonly store?: (rows: readonly UpstreamRow[], treePath: string) => Promise<void>;
}

export const TENANT = 'project';
export const GLOBAL_BUCKET = 'stub';

/** Path of an object's bytes below the directory of the original. */
export function upstreamPath({ bucket, name, version }: UpstreamRow): string {
  return join(GLOBAL_BUCKET, TENANT, bucket, name, ...(version === null ? [] : [version]));
}

export async function writeTree(rows: readonly UpstreamRow[], treePath: string): Promise<void> {
  for (const row of rows) {
    const path = join(treePath, upstreamPath(row));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'abc');
  }
}

export interface AdoptedBench {
  /** A server on a database of its own; stop it before the bench. */
  start(options: AdoptedOptions): Promise<AdoptedServer>;
  stop(): Promise<void>;
}

/** One Postgres for any number of databases of the original, one after the other. */
export async function startAdoptedBench(): Promise<AdoptedBench> {
  const postgres = await startTempPostgres();
  const root = createTestPool(postgres.url, 1);
  await root.query(UPSTREAM_ROLES);
  let count = 0;
  return {
    async start(options) {
      count += 1;
      await root.query(`create database adopted_${count}`);
      await root.query(`grant create on database adopted_${count} to supabase_storage_admin`);
      return startAdoptedServer(postgres.url.replace(/\/postgres$/, `/adopted_${count}`), options);
    },
    async stop() {
      await root.end();
      await postgres.stop();
    },
  };
}

async function startAdoptedServer(url: string, { stage, sql = '', overrides, store = writeTree }: AdoptedOptions): Promise<AdoptedServer> {
  const dir = await createTempDir('adopted');
  const pool = createTestPool(url, 4);
  await pool.query(`${upstreamSchema(stage)}; ${sql}`);
  const version = stage === 'early' ? 'null' : 'version';
  const found = await pool.query<UpstreamRow>(
    `select bucket_id as bucket, name, ${version} as version from storage.objects where metadata is not null`,
  );
  const treePath = join(dir.path, 'tree');
  await store(found.rows, treePath);
  const options: StorageApiOptions = {
    ...defaultOptions(url.replace('postgres@', 'supabase_storage_admin@'), dir),
    upstream: { kind: 'file', path: treePath, bucket: GLOBAL_BUCKET, tenant: TENANT, isWritable: false },
    retiredGraceSeconds: 0,
    ...overrides?.(dir.path),
  };
  let isRunning = true;
  const server: AdoptedServer = {
    pool,
    path: dir.path,
    treePath,
    options,
    rows: found.rows,
    api: await startStorageApi(options),
    client: (token = SERVICE_TOKEN) => new StorageClient(`${server.api.url}/storage/v1`, { authorization: `Bearer ${token}` }),
    fetch: (path, init) =>
      fetch(`${server.api.url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${SERVICE_TOKEN}`, 'content-type': 'application/json', ...init?.headers },
      }),
    async halt() {
      if (isRunning) await server.api.stop();
      isRunning = false;
    },
    async restart(next) {
      await server.halt();
      server.api = await startStorageApi({ ...options, ...next });
      isRunning = true;
    },
    async stop() {
      await server.halt();
      await pool.end();
      await dir.remove();
    },
  };
  return server;
}
