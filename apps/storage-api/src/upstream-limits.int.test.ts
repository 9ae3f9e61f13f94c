import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestPool } from './testing/pool.ts';
import { type ServerProcess, spawnServer } from './testing/process.ts';
import { KEY_PAIR, s3Client } from './testing/s3.ts';
import { BOOTSTRAP_SQL } from './testing/server.ts';
import { transfer } from './testing/tus.ts';

/** Limits in the environment of the original, under its older names. */
const LIMITS = {
  FILE_SIZE_LIMIT: '3000',
  FILE_SIZE_LIMIT_STANDARD_UPLOAD: '1000',
  STORAGE_EMPTY_BUCKET_MAX: '2',
  ENABLE_RATE_LIMITER: 'true',
  RATE_LIMITER_RENDER_PATH_MAX_REQ_SEC: '1',
  SERVER_KEEP_ALIVE_TIMEOUT: '61',
  SERVER_HEADERS_TIMEOUT: '65',
  DATABASE_CONNECTION_TIMEOUT: '10000',
  DATABASE_STATEMENT_TIMEOUT: '20000',
  DATABASE_FREE_POOL_AFTER_INACTIVITY: '30000',
  S3_PROTOCOL_ACCESS_KEY_ID: KEY_PAIR.accessKeyId,
  S3_PROTOCOL_ACCESS_KEY_SECRET: KEY_PAIR.secret,
};

let postgres: TempPostgres;
let dir: TempDir;
let server: ServerProcess | undefined;

const start = async (env: Record<string, string>) => {
  server = await spawnServer(postgres.url.replace('postgres@', 'supabase_storage_admin@'), `${dir.path}/store`, env);
  return server;
};

beforeAll(async () => {
  [postgres, dir] = await Promise.all([startTempPostgres(), createTempDir('limits')]);
  const pool = createTestPool(postgres.url, 1);
  await pool.query(BOOTSTRAP_SQL);
  await pool.end();
});
afterEach(() => server?.end('SIGKILL'));
afterAll(async () => {
  await postgres.stop();
  await dir.remove();
});

test('limits hold under the names of the original', async () => {
  const { client, url } = await start(LIMITS);
  await client.createBucket('box', { public: true });
  const upload = (name: string, sizeBytes: number) => client.from('box').upload(name, Buffer.alloc(sizeBytes));
  expect((await upload('most', 1000)).error).toBeNull();
  expect((await upload('more', 1001)).error).toMatchObject({ statusCode: '413' });
  const inParts = (objectName: string, sizeBytes: number) =>
    transfer({ url, bytes: Buffer.alloc(sizeBytes), metadata: { bucketName: 'box', objectName } }).done;
  await inParts('most in parts', 3000);
  await expect(inParts('more in parts', 3001)).rejects.toThrow(/413/);
  const s3 = s3Client(`${url}/s3`);
  await s3.send(new PutObjectCommand({ Bucket: 'box', Key: 'over S3', Body: Buffer.alloc(3000) }));
  const tooLarge = new PutObjectCommand({ Bucket: 'box', Key: 'over S3', Body: Buffer.alloc(3001) });
  await expect(s3.send(tooLarge)).rejects.toMatchObject({ name: 'EntityTooLarge' });
  expect((await s3.send(new GetObjectCommand({ Bucket: 'box', Key: 'over S3' }))).ContentLength).toBe(3000);

  expect((await client.emptyBucket('box')).error).toMatchObject({
    statusCode: '409',
    message: expect.stringContaining('too many objects'),
  });
  expect((await client.from('box').remove(['most'])).error).toBeNull();
  expect((await client.emptyBucket('box')).error).toBeNull();

  const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#123' } })
    .png()
    .toBuffer();
  await client.from('box').upload('a.png', picture);
  const ask = async (size: number) => fetch(`${url}/render/image/public/box/a.png?width=${size}`);
  const answers = await Promise.all(Array.from({ length: 9 }, (_, at) => ask(1 + (at % 4))));
  const refused = answers.filter(({ status }) => status === 429);
  expect([answers.filter(({ status }) => status === 200).length >= 4, refused.length > 0]).toEqual([true, true]);
  expect(refused[0]?.headers.get('retry-after')).toBe('4');
  expect(await refused[0]?.json()).toMatchObject({ statusCode: '429', code: 'SlowDown' });
  expect((await fetch(`${url}/object/public/box/a.png`)).status).toBe(200);
});

test('S3 can be turned off, and then there is nothing', async () => {
  const { url } = await start({ S3_PROTOCOL_ENABLED: 'false' });
  for (const path of ['/s3', '/s3/box/key', '/storage/v1/s3/box'])
    expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 404]);
});
