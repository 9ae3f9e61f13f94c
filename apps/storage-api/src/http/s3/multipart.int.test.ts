import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { s3ErrorOf as errorOf, type S3Bench, startS3Bench } from '../../testing/s3.ts';

const MIB = 1024 * 1024;

let server: S3Bench['server'];
let s3: S3Bench['s3'];
let put: S3Bench['put'];
let read: S3Bench['read'];
let stop: S3Bench['stop'];

beforeAll(async () => {
  ({ server, s3, put, read, stop } = await startS3Bench());
});

afterAll(() => stop());

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

async function begin(Key: string, extra: object = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'main', Key, ...extra }));
  return { Bucket: 'main', Key, UploadId };
}

describe('multipart uploads', () => {
  const part = randomBytes(5 * MIB);
  const tail = randomBytes(1000);
  it('join parts in order, with the entity tag of S3', async () => {
    const upload = await begin('multi/joined', { Metadata: { a: '1' }, ContentType: 'text/css' });
    const first = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 2, Body: part }));
    await s3.send(new UploadPartCommand({ ...upload, PartNumber: 5, Body: 'replaced' }));
    const last = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 5, Body: tail }));
    const listed = await s3.send(new ListPartsCommand(upload));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [2, part.length],
      [5, 1000],
    ]);
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'main', Prefix: 'multi/' }));
    expect(uploads.Uploads?.map(({ UploadId }) => UploadId)).toEqual([upload.UploadId]);
    const Parts = [
      { PartNumber: 2, ETag: first.ETag },
      { PartNumber: 5, ETag: last.ETag?.replaceAll('"', '') },
    ];
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const etag = `"${createHash('md5')
      .update(Buffer.concat([md5(part), md5(tail)]))
      .digest('hex')}-2"`;
    expect(done.ETag).toBe(etag);
    const again = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    expect(again.ETag).toBe(etag);
    const got = await s3.send(new GetObjectCommand({ Bucket: 'main', Key: 'multi/joined' }));
    expect([got.ETag, got.Metadata, got.ContentType]).toEqual([etag, { a: '1' }, 'text/css']);
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat([part, tail]))).toBe(true);
    const second = await s3.send(new GetObjectCommand({ Bucket: 'main', Key: 'multi/joined', PartNumber: 2 }));
    expect([second.PartsCount, Buffer.from((await second.Body?.transformToByteArray()) ?? []).equals(tail)]).toEqual([2, true]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: 'main' }))).Uploads).toBeUndefined();
    expect(await errorOf(s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' })))).toBe('404 NoSuchUpload');
  });

  it('are refused when parts are missing, small, changed or out of order, and leave the old object', async () => {
    await put('multi/old', 'old');
    const upload = await begin('multi/old');
    const small = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'small' }));
    const last = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 2, Body: tail }));
    const complete = (Parts: object[]) => errorOf(s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })));
    const [one, two] = [
      { PartNumber: 1, ETag: small.ETag },
      { PartNumber: 2, ETag: last.ETag },
    ];
    expect(await complete([one, two])).toBe('400 EntityTooSmall');
    expect(await complete([two, one])).toBe('400 InvalidPartOrder');
    expect(await complete([{ ...one, ETag: two.ETag }])).toBe('400 InvalidPart');
    expect(await complete([{ ...one, PartNumber: 7 }])).toBe('400 InvalidPart');
    expect(await complete([])).toBe('400 MalformedXML');
    expect(await read('multi/old')).toBe('old');
    await s3.send(new AbortMultipartUploadCommand(upload));
    expect(await errorOf(s3.send(new AbortMultipartUploadCommand(upload)))).toBe('404 NoSuchUpload');
    expect(await errorOf(s3.send(new ListPartsCommand(upload)))).toBe('404 NoSuchUpload');
    expect(await errorOf(s3.send(new UploadPartCommand({ ...upload, PartNumber: 10_001, Body: 'x' })))).toBe('400 InvalidArgument');
  });

  it('honour conditions at the end', async () => {
    await put('multi/conditional', 'old');
    const upload = await begin('multi/conditional');
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'new' }));
    const input = { ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
    expect(await errorOf(s3.send(new CompleteMultipartUploadCommand({ ...input, IfNoneMatch: '*' })))).toBe('412 PreconditionFailed');
    expect(await errorOf(s3.send(new CompleteMultipartUploadCommand({ ...input, IfMatch: '"0"' })))).toBe('412 PreconditionFailed');
    expect(await read('multi/conditional')).toBe('old');
    await s3.send(new CompleteMultipartUploadCommand(input));
    expect(await read('multi/conditional')).toBe('new');
  });

  it('copy parts from objects', async () => {
    await put('multi/source', Buffer.concat([part, tail]));
    const upload = await begin('multi/copied');
    const copy = (PartNumber: number, CopySourceRange: string) =>
      s3.send(new UploadPartCopyCommand({ ...upload, PartNumber, CopySource: 'main/multi/source', CopySourceRange }));
    const one = await copy(1, `bytes=0-${part.length - 1}`);
    const two = await copy(2, `bytes=${part.length}-${part.length + 999}`);
    expect(await errorOf(copy(3, 'bytes=0-99999999'))).toBe('416 InvalidRange');
    expect(await errorOf(copy(3, '0-1'))).toBe('400 InvalidArgument');
    const Parts = [one, two].map(({ CopyPartResult }, index) => ({ PartNumber: index + 1, ETag: CopyPartResult?.ETag }));
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const got = await s3.send(new GetObjectCommand({ Bucket: 'main', Key: 'multi/copied' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat([part, tail]))).toBe(true);
  });

  it('of lib-storage work with every kind of checksum', async () => {
    const Body = Buffer.concat([part, part, tail]);
    for (const extra of [{}, { ChecksumAlgorithm: 'SHA256' as const }, { ChecksumAlgorithm: 'CRC32C' as const }]) {
      const Key = `multi/lib-${extra.ChecksumAlgorithm ?? 'default'}`;
      const upload = new Upload({
        client: s3,
        params: { Bucket: 'main', Key, Body: Readable.from([Body]), ...extra },
        queueSize: 3,
        partSize: 5 * MIB,
      });
      await upload.done();
      const got = await s3.send(new GetObjectCommand({ Bucket: 'main', Key }));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    }
  });

  it('that nobody continues are ended and their bytes retired', async () => {
    const stale = await begin('multi/stale');
    await s3.send(new UploadPartCommand({ ...stale, PartNumber: 1, Body: 'x' }));
    const fresh = await begin('multi/fresh');
    const old = `created_at = now() - interval '2 hours'`;
    await server.sql(`update storage.s3_multipart_uploads set ${old} where id = $1`, [stale.UploadId]);
    await server.collect();
    expect((await s3.send(new ListPartsCommand(stale))).Parts).toHaveLength(1);
    await server.sql(`update storage.s3_multipart_uploads_parts set ${old} where upload_id = $1`, [stale.UploadId]);
    await server.collect();
    expect(await errorOf(s3.send(new ListPartsCommand(stale)))).toBe('404 NoSuchUpload');
    await s3.send(new AbortMultipartUploadCommand(fresh));
  });

  it('keep a full-object checksum that is checked over the joined bytes', async () => {
    const upload = await begin('multi/crc64', { ChecksumAlgorithm: 'CRC64NVME' });
    const sent = { PartNumber: 1, Body: part, ChecksumAlgorithm: 'CRC64NVME' as const };
    const one = await s3.send(new UploadPartCommand({ ...upload, ...sent }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: one.ETag }] };
    const wrong = s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, ChecksumCRC64NVME: 'AAAAAAAAAAA=' }));
    expect(await errorOf(wrong)).toBe('400 BadDigest');
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    expect([done.ChecksumType, typeof done.ChecksumCRC64NVME]).toEqual(['FULL_OBJECT', 'string']);
  });
});

describe('afterwards', () => {
  it('rows and bytes agree', async () => {
    const pool = { query: async (text: string) => ({ rows: await server.sql(text) }) };
    expect(await auditStore(pool, server.storePath, 1)).toEqual(CLEAN);
  });
});
