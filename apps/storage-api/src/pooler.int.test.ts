import { createHash, randomBytes } from 'node:crypto';
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { LACKS_PGBOUNCER, type PgBouncer, startPgBouncer } from '@supastor/testkit/harness/pgbouncer';
import { StorageClient } from '@supabase/storage-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStorageApi, type StorageApi } from './start.ts';
import { s3Client, TEST_S3 } from './testing/s3.ts';
import { PART_BYTES } from './testing/s3-backend.ts';
import { SERVICE_TOKEN, signToken, startTestServer, type TestServer } from './testing/server.ts';
import { tusMetadata } from './testing/tus.ts';

const OWNER = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
/** Fewer connections to Postgres than requests, so that consecutive batches of one client meet different ones. */
const POOL_SIZE = 3;
const POLICY = `create policy own on storage.objects for all to authenticated
  using (bucket_id = 'box' and owner_id = auth.uid()::text) with check (bucket_id = 'box')`;

let direct: TestServer;
let bouncer: PgBouncer;
let pooled: StorageApi;

const client = (token = SERVICE_TOKEN) => new StorageClient(`${pooled.url}/storage/v1`, { authorization: `Bearer ${token}` });

describe.skipIf(LACKS_PGBOUNCER !== null)('a pooler in transaction mode', () => {
  beforeAll(async () => {
    direct = await startTestServer({ s3: TEST_S3 });
    bouncer = await startPgBouncer(direct.databaseUrl, POOL_SIZE);
    pooled = await startStorageApi({ ...direct.options, poolUrl: bouncer.url, storePath: direct.storePath, maxConnections: 20 });
    await client().createBucket('box');
    await direct.sql(POLICY);
  }, 120_000);
  afterAll(async () => {
    await pooled?.stop();
    await bouncer?.stop();
    await direct?.stop();
  });

  test('many requests of several roles at once are each answered as their own role', async () => {
    const owner = signToken({ role: 'authenticated', sub: OWNER });
    const stranger = signToken({ role: 'authenticated', sub: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' });
    const numbers = Array.from({ length: 60 }, (_, number) => number);
    const uploads = await Promise.all(numbers.map((number) => client(owner).from('box').upload(`own/${number}`, `content ${number}`)));
    expect(uploads.filter(({ error }) => error !== null)).toEqual([]);
    const answers = await Promise.all(
      numbers.flatMap((number) =>
        [owner, stranger, SERVICE_TOKEN].map(async (token) => {
          const { data } = await client(token).from('box').download(`own/${number}`);
          return data === null ? null : data.text();
        }),
      ),
    );
    expect(answers).toEqual(numbers.flatMap((number) => [`content ${number}`, null, `content ${number}`]));
    const lists = await Promise.all([owner, stranger].map((token) => client(token).from('box').list('own', { limit: 100 })));
    expect(lists.map(({ data }) => data?.length)).toEqual([60, 0]);
  }, 60_000);

  test('a resumable upload goes on at a server that is not pooled, and the other way round', async () => {
    const bytes = randomBytes(30);
    const head = { authorization: `Bearer ${SERVICE_TOKEN}`, 'tus-resumable': '1.0.0' };
    const metadata = tusMetadata({ bucketName: 'box', objectName: 'resumed' });
    const begun = await fetch(`${pooled.url}/upload/resumable`, {
      method: 'POST',
      headers: { ...head, 'upload-length': '30', 'upload-metadata': metadata },
    });
    const id = begun.headers.get('location')?.split('/').at(-1);
    for (const [index, url] of [pooled.url, direct.url, pooled.url].entries()) {
      const sent = await fetch(`${url}/upload/resumable/${id}`, {
        method: 'PATCH',
        headers: { ...head, 'upload-offset': String(index * 10), 'content-type': 'application/offset+octet-stream' },
        body: bytes.subarray(index * 10, index * 10 + 10),
      });
      expect(sent.status).toBe(204);
    }
    const { data } = await client().from('box').download('resumed');
    expect(sha256(new Uint8Array((await data?.arrayBuffer()) ?? []))).toBe(sha256(bytes));
  });

  test('an upload in parts over S3 arrives whole', async () => {
    const s3 = s3Client(`${pooled.url}/s3`);
    const target = { Bucket: 'box', Key: 'parts' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const parts = await Promise.all(
      [1, 2].map(async (PartNumber) => {
        const Body = Buffer.alloc(PART_BYTES, PartNumber);
        const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
        return { PartNumber, ETag };
      }),
    );
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }));
    s3.destroy();
    const { data } = await client().from('box').download('parts');
    expect(data?.size).toBe(2 * PART_BYTES);
  });

  test('cleaning, rules and everything else in the background run', async () => {
    await client().from('box').upload('gone', 'content');
    await client().from('box').remove(['gone']);
    await pooled.collect();
    expect((await client().from('box').download('gone')).error).not.toBeNull();
  });

  test('without the pooler it is not ready, and says why', async () => {
    await bouncer.stop();
    const health = await fetch(`${pooled.url}/health/ready`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ healthy: false, dependencies: { database: { healthy: false } } });
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
