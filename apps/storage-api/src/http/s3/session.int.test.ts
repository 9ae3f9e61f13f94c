import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signToken, startTestServer, type TestServer } from '../../testing/server.ts';
import { s3Client, s3ErrorOf, s3SessionClient, TEST_S3 } from '../../testing/s3.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';

let server: TestServer;
let service: S3Client;
let alice: S3Client;
let bob: S3Client;

beforeAll(async () => {
  server = await startTestServer({ s3: TEST_S3 });
  service = s3Client(`${server.url}/s3`);
  alice = s3SessionClient(`${server.url}/s3`, signToken({ role: 'authenticated', sub: ALICE }));
  bob = s3SessionClient(`${server.url}/s3`, signToken({ role: 'authenticated', sub: BOB }));
  await service.send(new CreateBucketCommand({ Bucket: 'own' }));
  await server.sql(`create policy own on storage.objects for all to authenticated
    using (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text)
    with check (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text)`);
});

afterAll(async () => {
  for (const client of [service, alice, bob]) client.destroy();
  await server.stop();
});

async function outcome(work: Promise<unknown>): Promise<string> {
  return (await s3ErrorOf(work)).replace(/^\d+ /, '');
}

async function read(client: S3Client, Key: string): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'own', Key }));
  return Body?.transformToString();
}

describe('in session mode', () => {
  const mine = `${ALICE}/note`;

  it('policies decide over every operation with the user’s role and claims', async () => {
    expect(await outcome(alice.send(new PutObjectCommand({ Bucket: 'own', Key: mine, Body: 'hers' })))).toBe('no error');
    expect(await outcome(alice.send(new PutObjectCommand({ Bucket: 'own', Key: `${BOB}/note`, Body: 'x' })))).toBe('AccessDenied');
    expect(await outcome(alice.send(new CreateBucketCommand({ Bucket: 'new' })))).toBe('AccessDenied');
    expect((await alice.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    expect(await read(alice, mine)).toBe('hers');
    expect(await outcome(read(bob, mine))).toBe('NoSuchKey');
    expect((await bob.send(new ListObjectsV2Command({ Bucket: 'own' }))).Contents).toBeUndefined();
    expect((await alice.send(new ListObjectsV2Command({ Bucket: 'own' }))).Contents?.map(({ Key }) => Key)).toEqual([mine]);
    const CopySource = `own/${mine}`;
    expect(await outcome(bob.send(new CopyObjectCommand({ Bucket: 'own', Key: `${BOB}/stolen`, CopySource })))).toBe('NoSuchKey');
    expect(await outcome(alice.send(new CopyObjectCommand({ Bucket: 'own', Key: `${BOB}/gift`, CopySource })))).toBe('AccessDenied');
    expect(await outcome(alice.send(new CopyObjectCommand({ Bucket: 'own', Key: `${ALICE}/copy`, CopySource })))).toBe('no error');
    const tagging = { Bucket: 'own', Key: mine, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } };
    expect(await outcome(bob.send(new PutObjectTaggingCommand(tagging)))).toBe('NoSuchKey');
    await bob.send(new DeleteObjectCommand({ Bucket: 'own', Key: mine }));
    await bob.send(new DeleteObjectsCommand({ Bucket: 'own', Delete: { Objects: [{ Key: mine }] } }));
    expect(await read(alice, mine)).toBe('hers');
  });

  it('an object that may be seen but not deleted is denied by name', async () => {
    await server.sql(`create policy shared on storage.objects for select to authenticated using (name like 'shared/%')`);
    await service.send(new PutObjectCommand({ Bucket: 'own', Key: 'shared/x', Body: 'x' }));
    expect(await outcome(alice.send(new DeleteObjectCommand({ Bucket: 'own', Key: 'shared/x' })))).toBe('AccessDenied');
    const { Errors } = await alice.send(new DeleteObjectsCommand({ Bucket: 'own', Delete: { Objects: [{ Key: 'shared/x' }] } }));
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['shared/x', 'AccessDenied']]);
    expect(await read(service, 'shared/x')).toBe('x');
  });

  it('policies see the operation by the name it has in the original', async () => {
    await server.sql(`create policy seen on storage.objects for all to authenticated using (name like 'ops/%') with check (name like 'ops/%'
      and storage.allow_any_operation(array['s3.upload', 's3.object.copy', 's3.upload.create_multipart']))`);
    await service.send(new PutObjectCommand({ Bucket: 'own', Key: 'ops/source', Body: 'x' }));
    expect(await outcome(alice.send(new PutObjectCommand({ Bucket: 'own', Key: 'ops/put', Body: 'x' })))).toBe('no error');
    expect(await outcome(alice.send(new CopyObjectCommand({ Bucket: 'own', Key: 'ops/copy', CopySource: 'own/ops/source' })))).toBe(
      'no error',
    );
    expect(await outcome(alice.send(new CreateMultipartUploadCommand({ Bucket: 'own', Key: 'ops/parts' })))).toBe('no error');
    const rest = await server.fetch('/object/own/ops/rest', {
      method: 'POST',
      body: 'x',
      token: signToken({ role: 'authenticated', sub: ALICE }),
    });
    expect(await rest.json()).toMatchObject({ code: 'AccessDenied' });
    await server.sql('drop policy seen on storage.objects');
  });

  it('a multipart upload belongs to who began it', async () => {
    const Key = `${ALICE}/big`;
    expect(await outcome(alice.send(new CreateMultipartUploadCommand({ Bucket: 'own', Key: `${BOB}/big` })))).toBe('AccessDenied');
    const { UploadId } = await alice.send(new CreateMultipartUploadCommand({ Bucket: 'own', Key }));
    const upload = { Bucket: 'own', Key, UploadId };
    expect(await outcome(bob.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' })))).toBe('NoSuchUpload');
    expect((await bob.send(new ListMultipartUploadsCommand({ Bucket: 'own' }))).Uploads).toBeUndefined();
    const { ETag } = await alice.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'big' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    expect(await outcome(bob.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload })))).toBe('NoSuchUpload');
    expect(await outcome(alice.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload })))).toBe('no error');
    expect(await read(alice, Key)).toBe('big');
    expect(await server.sql(`select owner_id from storage.objects where name = $1`, [Key])).toEqual([{ owner_id: ALICE }]);
  });

  it('tokens that are expired, foreign, or name a role that is not allowed are refused', async () => {
    const list = (token: string) => outcome(s3SessionClient(`${server.url}/s3`, token).send(new ListBucketsCommand({})));
    expect(await list(signToken({ role: 'authenticated', exp: 1 }))).toBe('ExpiredToken');
    expect(await list(signToken({ role: 'authenticated' }, 'another-secret-that-is-32-characters'))).toBe('InvalidToken');
    expect(await list(signToken({ role: 'postgres' }))).toBe('InvalidToken');
    expect(await list('nonsense')).toBe('InvalidToken');
    const noToken = s3Client(`${server.url}/s3`, { credentials: { accessKeyId: 'stub', secretAccessKey: TEST_S3.anonKey ?? '' } });
    expect(await outcome(noToken.send(new ListBucketsCommand({})))).toBe('InvalidAccessKeyId');
    noToken.destroy();
  });
});
