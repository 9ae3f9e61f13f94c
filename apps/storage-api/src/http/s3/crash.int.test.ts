import { createHash, randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { type ServerProcess, spawnServer } from '../../testing/process.ts';
import { KEY_PAIR, s3Client } from '../../testing/s3.ts';
import { createTestPool } from '../../testing/pool.ts';
import { BOOTSTRAP_SQL } from '../../testing/server.ts';

const ROUNDS = 4;
const PART_BYTES = 5 * 1024 * 1024;

let postgres: TempPostgres;
let dir: TempDir;
let pool: Pool;
let server: ServerProcess;

beforeAll(async () => {
  postgres = await startTempPostgres();
  dir = await createTempDir('s3-crash');
  pool = createTestPool(postgres.url, 2);
  await pool.query(BOOTSTRAP_SQL);
  server = await start();
  await s3Client(`${server.url}/s3`).send(new CreateBucketCommand({ Bucket: 'crash' }));
});

afterAll(async () => {
  await server.end('SIGKILL');
  await pool.end();
  await postgres.stop();
  await dir.remove();
});

function start(): Promise<ServerProcess> {
  const databaseUrl = postgres.url.replace('postgres@', 'supabase_storage_admin@');
  const env = {
    S3_PROTOCOL_ACCESS_KEY_ID: KEY_PAIR.accessKeyId,
    S3_PROTOCOL_ACCESS_KEY_SECRET: KEY_PAIR.secret,
    SUPASTOR_RETIRED_GRACE_SECONDS: '1',
    SUPASTOR_COLLECT_PERIOD_MS: '100',
  };
  return spawnServer(databaseUrl, `${dir.path}/store`, env);
}

interface Acknowledged {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly bytes: Buffer;
}

/** Sends parts until the server is gone; returns those it acknowledged. */
async function sendParts(client: S3Client, upload: { Bucket: string; Key: string; UploadId: string | undefined }): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let PartNumber = 1; PartNumber <= 100; PartNumber += 1) {
    const bytes = randomBytes(PART_BYTES);
    const sent = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body: bytes })).catch(() => null);
    if (sent === null) break;
    acknowledged.push({ PartNumber, ETag: sent.ETag, bytes });
  }
  return acknowledged;
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('kill -9 in the middle of multipart uploads', () => {
  it(`keeps every acknowledged part, ${ROUNDS} times, and the upload can be completed`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const Key = `round-${round}`;
      const before = s3Client(`${server.url}/s3`);
      const { UploadId } = await before.send(new CreateMultipartUploadCommand({ Bucket: 'crash', Key }));
      const upload = { Bucket: 'crash', Key, UploadId };
      const sending = sendParts(before, upload);
      await sleep(randomInt(150, 600));
      await server.end('SIGKILL');
      const acknowledged = await sending;
      before.destroy();
      server = await start();
      expect(await auditStore(pool, `${dir.path}/store`, 1)).toEqual(CLEAN);
      const client = s3Client(`${server.url}/s3`);
      const { Parts = [] } = await client.send(new ListPartsCommand(upload));
      expect(Parts.map(({ ETag }) => ETag).slice(0, acknowledged.length)).toEqual(acknowledged.map(({ ETag }) => ETag));
      if (acknowledged.length > 0) {
        const chosen = acknowledged.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
        await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: chosen } }));
        const { Body } = await client.send(new GetObjectCommand({ Bucket: 'crash', Key }));
        const whole = Buffer.from((await Body?.transformToByteArray()) ?? []);
        expect(hash(whole)).toBe(hash(Buffer.concat(acknowledged.map(({ bytes }) => bytes))));
      }
      client.destroy();
    }
    await expect.poll(async () => (await pool.query('select from storage.retired_blobs')).rowCount, { timeout: 10_000 }).toBe(0);
    await server.end('SIGTERM');
    expect(await auditStore(pool, `${dir.path}/store`, 0)).toEqual(CLEAN);
  }, 120_000);
});
