import { createHash, randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { MigrationGate } from '@supastor/testkit/harness/migration-gate';
import { schemaFingerprint } from '@supastor/testkit/harness/schema-fingerprint';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { StorageClient } from '@supabase/storage-js';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from './metadata/database.ts';
import { migrate, MIGRATIONS } from './metadata/migrate.ts';
import { startStorageApi } from './start.ts';
import { auditStore } from './testing/audit.ts';
import { makeEarlierDatabase } from './testing/earlier-schema.ts';
import { createTestPool } from './testing/pool.ts';
import { spawnServer } from './testing/process.ts';
import { s3Client, TEST_S3 } from './testing/s3.ts';
import { BOOTSTRAP_SQL, defaultOptions, SERVICE_TOKEN } from './testing/server.ts';
import { SILENT } from './testing/test-database.ts';
import { PART_TYPE, tusFetch, tusMetadata } from './testing/tus.ts';

const LONG_OBJECTS = process.env['SUPASTOR_UPGRADE_OBJECTS'];
const OBJECTS = Number(LONG_OBJECTS ?? 40);
const ALL_STAGES = MIGRATIONS.map((_, at) => at).filter((at) => at >= stageAfter('0020-resumable-uploads'));
/** How many migrations the database has seen; the schema of before resumable uploads never served anyone. */
const STAGES =
  LONG_OBJECTS === undefined ? [stageAfter('0020-resumable-uploads'), stageAfter('0040-versioning'), MIGRATIONS.length - 1] : ALL_STAGES;
const KILLED_STEPS = LONG_OBJECTS === undefined ? ['0040-versioning'] : MIGRATIONS.map(({ name }) => name);
const VERSIONED_FROM = stageAfter('0041-version-policies');
const TIMEOUT_MS = LONG_OBJECTS === undefined ? 180_000 : 1_800_000;

let postgres: TempPostgres;
let dir: TempDir;
let source: Pool;
/** SHA-256 by path. */
const objects = new Map<string, string>();
const old = { key: '', version: '', sha256: '' };
const resumable = { path: '', bytes: randomBytes(3_000_000), at: 1_000_000 };
const multipart = { Bucket: 'box', Key: 'in-parts', UploadId: '', ETag: '', bytes: randomBytes(200_000) };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const clientOf = (url: string) => new StorageClient(`${url}/storage/v1`, { authorization: `Bearer ${SERVICE_TOKEN}` });

function stageAfter(name: string): number {
  return MIGRATIONS.findIndex((migration) => migration.name === name) + 1;
}

beforeAll(async () => {
  postgres = await startTempPostgres();
  dir = await createTempDir('upgrade');
  source = createTestPool(postgres.url, 4);
  await source.query(BOOTSTRAP_SQL);
  const api = await startStorageApi({ ...defaultOptions(postgres.url.replace('postgres@', 'supabase_storage_admin@'), dir), s3: TEST_S3 });
  const storage = clientOf(api.url);
  for (const bucket of ['box', 'keep']) expect((await storage.createBucket(bucket)).error).toBeNull();
  await source.query(`update storage.buckets set versioning_status = 'ENABLED' where id = 'keep'`);
  await fill(storage);
  await beginUploads(api.url);
  await api.stop();
}, TIMEOUT_MS);
afterAll(async () => {
  await source.end();
  await postgres.stop();
  await dir.remove();
});

async function fill(storage: StorageClient): Promise<void> {
  const put = async (bucket: string, key: string) => {
    const bytes = randomBytes(100 + (objects.size % 5000));
    const { error } = await storage.from(bucket).upload(key, bytes, { upsert: true, metadata: { at: String(objects.size) } });
    if (error) throw error;
    return sha256(bytes);
  };
  for (let from = 0; from < OBJECTS; from += 16) {
    const keys = Array.from({ length: Math.min(16, OBJECTS - from) }, (_, at) => `folder-${(from + at) % 7}/object ${from + at}`);
    await Promise.all(keys.map(async (key) => objects.set(`box/${key}`, await put('box', key))));
  }
  old.key = 'versioned';
  old.sha256 = await put('keep', old.key);
  objects.set(`keep/${old.key}`, await put('keep', old.key));
  const { rows } = await source.query<{ version: string }>('select version from storage_versions.objects');
  old.version = rows[0]?.version ?? '';
}

async function beginUploads(url: string): Promise<void> {
  const headers = {
    'upload-length': String(resumable.bytes.length),
    'upload-metadata': tusMetadata({ bucketName: 'box', objectName: 'resumed' }),
  };
  const created = await tusFetch(`${url}/upload/resumable`, { headers });
  const location = new URL(created.headers.get('location') ?? '');
  resumable.path = location.pathname;
  const part = { method: 'PATCH', headers: { 'content-type': PART_TYPE, 'upload-offset': '0' } };
  expect(
    (await tusFetch(`${url}${resumable.path}`, { ...part, body: new Uint8Array(resumable.bytes.subarray(0, resumable.at)) })).status,
  ).toBe(204);
  const s3 = s3Client(`${url}/s3`);
  const { Bucket, Key } = multipart;
  multipart.UploadId = (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId ?? '';
  const sent = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId: multipart.UploadId, PartNumber: 1, Body: multipart.bytes }));
  multipart.ETag = sent.ETag ?? '';
  s3.destroy();
}

/** Every object whose bytes are not what was uploaded. */
async function damaged(url: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  const entries = [...objects];
  for (let from = 0; from < entries.length; from += 16) {
    await Promise.all(
      entries.slice(from, from + 16).map(async ([path, expected]) => {
        const response = await fetch(`${url}/object/authenticated/${encodeURI(path)}`, {
          headers: { authorization: `Bearer ${SERVICE_TOKEN}` },
        });
        if (sha256(new Uint8Array(await response.arrayBuffer())) !== expected) wrong.push(`${path}: ${response.status}`);
      }),
    );
  }
  return wrong;
}

async function read(url: string, path: string): Promise<string> {
  const response = await fetch(`${url}/object/authenticated/${path}`, { headers: { authorization: `Bearer ${SERVICE_TOKEN}` } });
  return sha256(new Uint8Array(await response.arrayBuffer()));
}

async function finishUploads(tusUrl: string, s3Url: string): Promise<void> {
  const headers = { 'content-type': PART_TYPE, 'upload-offset': String(resumable.at) };
  const body = new Uint8Array(resumable.bytes.subarray(resumable.at));
  expect((await tusFetch(`${tusUrl}${resumable.path}`, { method: 'PATCH', headers, body })).status).toBe(204);
  expect(await read(tusUrl, 'box/resumed')).toBe(sha256(resumable.bytes));
  const s3 = s3Client(`${s3Url}/s3`);
  const { Bucket, Key, UploadId, ETag, bytes } = multipart;
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));
  s3.destroy();
  expect(await read(s3Url, `${Bucket}/${Key}`)).toBe(sha256(bytes));
}

describe.each(STAGES)(`from the schema of %i migrations with ${OBJECTS} objects`, (stage) => {
  test(
    'two servers that start at once upgrade it once; every byte is there and open uploads can be finished',
    async () => {
      const storePath = `${dir.path}/store-${stage}`;
      await cp(`${dir.path}/store`, storePath, { recursive: true });
      const { pool, url } = await makeEarlierDatabase(source, await postgres.createDatabase(`stage_${stage}`), stage);
      const start = () => startStorageApi({ ...defaultOptions(url, dir), storePath, s3: TEST_S3 });
      const [one, two] = await Promise.all([start(), start()]);
      expect(await fingerprint(pool)).toEqual(await fingerprint(source));
      expect(await damaged(one.url)).toEqual([]);
      if (stage >= VERSIONED_FROM) expect(await read(two.url, `keep/${old.key}?versionId=${old.version}`)).toBe(old.sha256);
      await finishUploads(one.url, two.url);
      const { data } = await clientOf(two.url).from('box').list('folder-1', { limit: OBJECTS });
      expect(data).toHaveLength([...objects.keys()].filter((path) => path.startsWith('box/folder-1/')).length);
      const { rowsWithoutBytes } = await auditStore(pool, storePath, 2);
      expect(rowsWithoutBytes).toEqual([]);
      await Promise.all([one.stop(), two.stop()]);
      await pool.end();
    },
    TIMEOUT_MS,
  );
});

async function fingerprint(pool: Pool): Promise<readonly string[]> {
  return [...(await appliedIn(pool)), ...(await schemaFingerprint(pool, ['storage', 'storage_versions', 'auth']))];
}

function closeGate(pool: Pool, migration: string): Promise<MigrationGate> {
  const table = 'storage.supastor_migrations';
  const prepare = `create schema if not exists storage authorization supabase_storage_admin;
    create table if not exists ${table} (name text primary key, applied_at timestamptz not null default now());
    alter table ${table} owner to supabase_storage_admin`;
  return MigrationGate.close(pool, { table, prepare, migration });
}

async function appliedIn(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>('select name from storage.supastor_migrations order by applied_at');
  return rows.map(({ name }) => name);
}

/** Migrates, and cuts the connection in the middle of the migration `name`. */
async function migrateUntilCut(pool: Pool, url: string, name: string): Promise<void> {
  const gate = await closeGate(pool, name);
  const database = new Database({ url, maxConnections: 1, logger: SILENT });
  const cut = gate.arrival().then((pid) => pool.query('select pg_terminate_backend($1)', [pid]));
  try {
    await migrate(database, SILENT);
  } finally {
    await cut;
    await gate.open();
    await database.stop();
  }
}

describe('an upgrade that is cut short', () => {
  test.each(KILLED_STEPS)(
    'by kill -9 in the middle of %s is whole after the next start',
    async (name) => {
      const stage = stageAfter(name) - 1;
      const { pool, url } = await makeEarlierDatabase(source, await postgres.createDatabase(`killed_${stage}`), stage);
      const storePath = `${dir.path}/killed-${stage}`;
      await cp(`${dir.path}/store`, storePath, { recursive: true });
      const gate = await closeGate(pool, name);
      const killed = spawnServer(url, storePath, {}, (pid) => void gate.arrival().then(() => process.kill(pid, 'SIGKILL')));
      await expect(killed).rejects.toThrow('exited');
      expect(await appliedIn(pool)).toEqual(MIGRATIONS.slice(0, stage).map((migration) => migration.name));
      await gate.open();
      const server = await spawnServer(url, storePath);
      expect(await fingerprint(pool)).toEqual(await fingerprint(source));
      if (stage > 0) expect(await damaged(server.url)).toEqual([]);
      await server.end('SIGTERM');
      await pool.end();
    },
    TIMEOUT_MS,
  );

  test(
    'by a connection that breaks, at each of its steps, goes on where it was',
    async () => {
      const superuserUrl = await postgres.createDatabase('cut');
      const { pool, url } = await makeEarlierDatabase(source, superuserUrl, 0);
      for (const [stage, { name }] of MIGRATIONS.entries()) {
        // The same database all along: each round comes one step further.
        await expect(migrateUntilCut(pool, url, name)).rejects.toThrow();
        expect(await appliedIn(pool)).toEqual(MIGRATIONS.slice(0, stage).map((migration) => migration.name));
      }
      const database = new Database({ url, maxConnections: 1, logger: SILENT });
      expect(await migrate(database, SILENT)).toEqual([MIGRATIONS.at(-1)?.name]);
      await database.stop();
      expect(await fingerprint(pool)).toEqual(await fingerprint(source));
      await pool.end();
    },
    TIMEOUT_MS,
  );
});
