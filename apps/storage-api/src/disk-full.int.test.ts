import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres } from '@supastor/testkit/harness/temp-postgres';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from './testing/audit.ts';
import { canMount, mountSmallDisk, type SmallDisk } from './testing/disk.ts';
import { testImageSettings } from './testing/image-settings.ts';
import { createTestPool } from './testing/pool.ts';
import { s3Client, s3ErrorOf, TEST_S3 } from './testing/s3.ts';
import { BOOTSTRAP_SQL, JWT_SECRET, SERVICE_TOKEN, startTestServer, type TestServer } from './testing/server.ts';
import { TusBox } from './testing/tus-box.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const POLL = { timeout: 20_000 };
const KEPT = randomBytes(5000);
const LARGE = randomBytes(1_000_000);
const FULL = { statusCode: '507', code: 'InsufficientStorage' };
const mayMount = canMount();
if (!mayMount) process.stderr.write('skipped: a full disk needs the right to mount file systems\n');

let server: TestServer;
let disk: SmallDisk;

const put = (key: string, body: Buffer | ReadableStream, headers: Record<string, string> = {}) => {
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    body: body instanceof Buffer ? new Uint8Array(body) : body,
    headers,
    duplex: 'half',
  };
  return server.fetch(`/object/box/${key}`, init);
};
const multipart = (key: string) => ({ Bucket: 'box', Key: key });
const readiness = async () => (await server.fetch('/health/ready')).status;
const read = async (key: string) => Buffer.from(await (await server.fetch(`/object/box/${key}`)).arrayBuffer());
const namesOf = async () => (await server.client().from('box').list()).data?.map(({ name }) => name).toSorted();
const audit = () => auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1);

async function expectFull(response: Response): Promise<void> {
  expect([response.status, await response.json()]).toMatchObject([507, FULL]);
}

describe.skipIf(!mayMount)('a full disk', () => {
  let tus: TusBox;
  let s3: S3Client;
  let picture: Buffer;
  let halfway: string;
  let nearlyDone: string;
  let uploadId: string | undefined;
  let firstTag: string | undefined;
  const NAMES = ['kept', 'large', 'picture.png'];

  beforeAll(async () => {
    disk = await mountSmallDisk(24);
    const images = testImageSettings(join(disk.path, 'store', 'cache', 'images'));
    server = await startTestServer({ storePath: join(disk.path, 'store'), retiredGraceSeconds: 0, s3: TEST_S3, images });
    tus = new TusBox(server);
    s3 = s3Client(`${server.url}/s3`);
    await server.client().createBucket('box', { public: true });
    picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#c33' } })
      .png()
      .toBuffer();
    for (const [key, body] of [
      ['kept', KEPT],
      ['large', LARGE],
      ['picture.png', picture],
    ] as const) {
      expect((await put(key, body, { 'content-type': key === 'picture.png' ? 'image/png' : 'text/plain' })).status).toBe(200);
    }
    halfway = await tus.createAt({ length: 600_000, metadata: { objectName: 'halfway' } });
    expect((await tus.patch(halfway, 0, randomBytes(4096))).status).toBe(204);
    nearlyDone = await tus.createAt({ length: 8192, metadata: { objectName: 'nearly-done' } });
    expect((await tus.patch(nearlyDone, 0, randomBytes(4096))).status).toBe(204);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(multipart('parts')));
    uploadId = UploadId;
    const part = { ...multipart('parts'), UploadId, PartNumber: 1, Body: randomBytes(200_000) };
    firstTag = (await s3.send(new UploadPartCommand(part))).ETag;
    await disk.fill();
  });
  afterAll(async () => {
    s3?.destroy();
    await server?.stop();
    await disk?.remove();
  });

  test('a small upload is 507', async () => expectFull(await put('small', randomBytes(9000))));

  test('a large upload is 507', async () => expectFull(await put('too-large', LARGE)));

  test('an upload of unknown length is 507', async () => expectFull(await put('chunked', new Blob([LARGE]).stream())));

  test('an overwrite is 507, and the old object stays', async () => {
    await expectFull(await put('kept', LARGE, { 'x-upsert': 'true' }));
    expect((await read('kept')).equals(KEPT)).toBe(true);
  });

  test('a copy is 507 or whole', async () => {
    const response = await server.fetch('/object/copy', {
      method: 'POST',
      body: JSON.stringify({ bucketId: 'box', sourceKey: 'large', destinationKey: 'copied' }),
      headers: { 'content-type': 'application/json' },
    });
    expect([200, 507]).toContain(response.status);
    if (response.status === 200) expect((await read('copied')).equals(LARGE)).toBe(true);
    await server.client().from('box').remove(['copied']);
  });

  test('a PUT over S3 is 507', async () => {
    expect(await s3ErrorOf(s3.send(new PutObjectCommand({ ...multipart('s3'), Body: LARGE })))).toBe('507 InsufficientStorage');
  });

  test('a part over S3 is 507', async () => {
    const part = { ...multipart('parts'), UploadId: uploadId, PartNumber: 2, Body: LARGE };
    expect(await s3ErrorOf(s3.send(new UploadPartCommand(part)))).toBe('507 InsufficientStorage');
  });

  test('a multipart upload is not completed by halves', async () => {
    const parts = { Parts: [{ PartNumber: 1, ETag: firstTag }] };
    const outcome = await s3ErrorOf(
      s3.send(new CompleteMultipartUploadCommand({ ...multipart('parts'), UploadId: uploadId, MultipartUpload: parts })),
    );
    expect(['507 InsufficientStorage', 'no error']).toContain(outcome);
    expect((await read('parts')).length === 200_000).toBe(outcome === 'no error');
    await server.client().from('box').remove(['parts']);
  });

  test('a new resumable upload is begun whole or not at all', async () => {
    const response = await tus.create({ length: 10, metadata: { objectName: 'begun' } });
    expect([201, 507]).toContain(response.status);
    const rows = await server.sql(`select from storage.resumable_uploads where name = 'begun'`);
    expect(rows).toHaveLength(response.status === 201 ? 1 : 0);
  });

  test('a part of a resumable upload is 507, and the offset tells what is there', async () => {
    const response = await tus.patch(halfway, 4096, randomBytes(500_000));
    expect(response.status).toBe(507);
    expect(Number(await tus.offsetAt(halfway))).toBeLessThan(504_096);
  });

  test('the last part of a resumable upload is 507, and makes no object', async () => {
    const response = await tus.patch(nearlyDone, 4096, randomBytes(4096));
    expect(response.status).toBe(507);
    expect((await server.fetch('/object/box/nearly-done')).status).toBe(400);
  });

  test('a picture that is not in the cache is 507, and no half of it is kept', async () => {
    await expectFull(await server.fetch('/render/image/public/box/picture.png?width=250&format=origin'));
    const cache = join(server.storePath, 'cache', 'images');
    expect(await readdir(join(cache, 'finished'))).toEqual([]);
    expect(await readdir(join(cache, 'temp'))).toEqual([]);
  });

  test('reads, ranges and listings go on, and the server says that it is not ready', async () => {
    expect((await read('large')).equals(LARGE)).toBe(true);
    expect(await (await server.fetch('/object/box/kept', { headers: { range: 'bytes=0-3' } })).arrayBuffer()).toHaveProperty(
      'byteLength',
      4,
    );
    expect(await namesOf()).toEqual(NAMES);
    await expect.poll(readiness, POLL).toBe(503);
    expect((await server.fetch('/status')).status).toBe(200);
    expect({ ...(await audit()), leftovers: [] }).toEqual(CLEAN);
  });

  test('a delete works, and what it frees can be used without a restart', async () => {
    expect((await server.client().from('box').remove(['large'])).error).toBeNull();
    await server.collect();
    expect((await put('small', randomBytes(9000))).status).toBe(200);
    await expect.poll(readiness, POLL).toBe(200);
  });

  test('with space again, all that was begun is finished', async () => {
    await disk.drain();
    await expect.poll(readiness, POLL).toBe(200);
    for (const [location, length] of [
      [halfway, 600_000],
      [nearlyDone, 8192],
    ] as const) {
      const offset = Number(await tus.offsetAt(location));
      expect((await tus.patch(location, offset, randomBytes(length - offset))).status).toBe(204);
    }
    expect((await tus.stored('halfway')).length).toBe(600_000);
    expect((await server.fetch('/render/image/public/box/picture.png?width=250&format=origin')).status).toBe(200);
    await s3.send(new AbortMultipartUploadCommand({ ...multipart('parts'), UploadId: uploadId })).catch(() => undefined);
    await server.collect();
    await expect.poll(audit, POLL).toEqual(CLEAN);
  });
});

describe.skipIf(!mayMount)('a full disk of the database', () => {
  let databaseDisk: SmallDisk;
  let target: TestServer;

  beforeAll(async () => {
    databaseDisk = await mountSmallDisk(48);
    target = await startTestServer();
    const directory = join(databaseDisk.path, 'space');
    await mkdir(directory, { mode: 0o700 });
    await chmod(databaseDisk.path, 0o755);
    const { uid, gid } = await stat(target.postgres.socketDir);
    await chown(directory, uid, gid);
    const pool = createTestPool(target.postgres.url, 1);
    await pool.query(`create tablespace small location '${directory}'`);
    await pool.query('alter table storage.objects set tablespace small');
    await pool.end();
    await target.client().createBucket('box');
    expect((await target.client().from('box').upload('kept', KEPT)).error).toBeNull();
    await databaseDisk.fill();
  });
  afterAll(async () => {
    await target?.stop();
    await databaseDisk?.remove();
  });

  /** Rows of about 2 KB, until one does not fit any more. */
  async function uploadUntilFull(): Promise<{ readonly error: unknown; readonly stored: number }> {
    const metadata = { filler: randomBytes(1500).toString('base64') };
    for (let stored = 0; ; stored += 1) {
      const { error } = await target.client().from('box').upload(`row-${stored}`, 'x', { metadata });
      if (error !== null || stored > 500) return { error, stored };
    }
  }

  test('an upload is 507, leaves neither row nor bytes, and reads, listings and deletes go on', async () => {
    const { error, stored } = await uploadUntilFull();
    expect(error).toMatchObject(FULL);
    expect((await target.client().from('box').list('', { limit: 1000 })).data).toHaveLength(stored + 1);
    expect(Buffer.from(await (await target.fetch('/object/box/kept')).arrayBuffer()).equals(KEPT)).toBe(true);
    const leftBehind = () => auditStore({ query: async (text) => ({ rows: await target.sql(text) }) }, target.storePath, 1);
    await expect.poll(leftBehind, POLL).toEqual(CLEAN);
    expect((await target.client().from('box').remove(['kept'])).error).toBeNull();
    await databaseDisk.drain();
    expect((await target.client().from('box').upload('again', KEPT)).error).toBeNull();
  });
});

describe.skipIf(!mayMount)('a disk that uploads fill', () => {
  test('keeps some space for a database beside them, and takes uploads again after a delete', async () => {
    const small = await mountSmallDisk(40);
    const target = await startTestServer({ storePath: join(small.path, 'store'), retiredGraceSeconds: 0, diskReserveBytes: 10_000_000 });
    try {
      const client = target.client().from('box');
      await target.client().createBucket('box');
      expect((await client.upload('whole', randomBytes(50_000_000))).error).toMatchObject(FULL);
      expect((await client.upload('first', randomBytes(30_000_000))).error).toBeNull();
      let error: unknown = null;
      for (let index = 0; error === null && index < 400; index += 1) {
        ({ error } = await client.upload(`small-${index}`, randomBytes(60_000)));
        // What is left is looked at from time to time.
        if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 120));
      }
      expect(error).toMatchObject(FULL);
      const tus = await new TusBox(target).create({ length: 1_000_000, metadata: { objectName: 'parts' } });
      expect((await new TusBox(target).patch(tus.headers.get('location') ?? '', 0, randomBytes(1_000_000))).status).toBe(507);
      await writeFile(join(small.path, 'of-the-database'), randomBytes(500_000));
      await expect.poll(async () => (await target.fetch('/health/ready')).status, POLL).toBe(503);
      expect((await client.remove(['first'])).error).toBeNull();
      await target.collect();
      await expect.poll(async () => (await client.upload('again', randomBytes(1_000_000), { upsert: true })).error, POLL).toBeNull();
    } finally {
      await target.stop();
      await small.remove();
    }
  }, 120_000);
});

describe.skipIf(!mayMount)('a full disk of the logs', () => {
  test('neither ends the server nor keeps it from answering', async () => {
    const logs = await mountSmallDisk();
    const postgres = await startTempPostgres();
    const pool = createTestPool(postgres.url, 1);
    await pool.query(BOOTSTRAP_SQL);
    await pool.end();
    const [dir, port] = [await createTempDir('logs'), await findFreePort()];
    const log = await open(join(logs.path, 'storage.ndjson'), 'a');
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', log.fd, log.fd],
      env: {
        PATH: process.env['PATH'] ?? '',
        DATABASE_URL: postgres.url.replace('postgres@', 'supabase_storage_admin@'),
        SERVER_PORT: String(port),
        AUTH_JWT_SECRET: JWT_SECRET,
        STORAGE_FILE_BACKEND_PATH: `${dir.path}/store`,
        LOG_LEVEL: 'debug',
      },
    });
    const ask = async () =>
      (await fetch(`http://127.0.0.1:${port}/bucket`, { headers: { authorization: `Bearer ${SERVICE_TOKEN}` } })).status;
    try {
      await expect.poll(() => ask().catch(() => 0), { timeout: 60_000 }).toBe(200);
      await logs.fill();
      for (let request = 0; request < 50; request += 1) expect(await ask()).toBe(200);
      const { size } = await log.stat();
      await logs.drain();
      await expect.poll(async () => (await ask(), (await log.stat()).size), POLL).toBeGreaterThan(size);
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await log.close();
      await logs.remove();
      await postgres.stop();
      await dir.remove();
    }
  }, 120_000);
});
