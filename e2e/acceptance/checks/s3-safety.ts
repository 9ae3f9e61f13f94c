import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectTaggingCommand,
  GetBucketPolicyCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { better, check, Mismatch } from '../check.ts';
import { matches, same } from '../assert.ts';
import { send } from '../http.ts';
import { bytesOf, denied, s3Of, statusOf } from '../s3.ts';

interface At {
  readonly Bucket: string;
  readonly Key: string;
}

/** Digest of other bytes than those that are sent. */
const other = (algorithm: string) => createHash(algorithm).update('other').digest('base64');

/** Either the server does it or it says that it does not; a crash or an odd refusal is neither. */
async function doneOrRefused(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    const status = statusOf(error);
    if (status === undefined || status < 400 || (status >= 500 && status !== 501))
      throw new Mismatch('done, or refused with 4xx or 501', '4xx or 501', error);
  });
}

const SUB_RESOURCES: readonly (readonly [name: string, call: (s3: S3Client, at: At) => Promise<unknown>])[] = [
  ['PutObjectTagging', (s3, at) => s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }))],
  ['DeleteObjectTagging', (s3, at) => s3.send(new DeleteObjectTaggingCommand(at))],
  ['PutObjectAcl', (s3, at) => s3.send(new PutObjectAclCommand({ ...at, ACL: 'private' }))],
  [
    'PutObjectRetention',
    (s3, at) =>
      s3.send(new PutObjectRetentionCommand({ ...at, Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 60_000) } })),
  ],
  ['DeleteBucketCors', (s3, { Bucket }) => s3.send(new DeleteBucketCorsCommand({ Bucket }))],
  ['DeleteBucketPolicy', (s3, { Bucket }) => s3.send(new DeleteBucketPolicyCommand({ Bucket }))],
  ['GetBucketPolicy', (s3, { Bucket }) => s3.send(new GetBucketPolicyCommand({ Bucket }))],
  ['GetObjectAttributes', (s3, at) => s3.send(new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ObjectSize'] }))],
];

export const s3SafetyChecks = [
  ...SUB_RESOURCES.map(([name, call]) =>
    better(`S3: ${name} leaves the bytes alone`, 'full', async (world) => {
      const s3 = await s3Of(world);
      const at = { Bucket: await world.bucket(), Key: 'x' };
      await s3.send(new PutObjectCommand({ ...at, Body: 'precious' }));
      await doneOrRefused(call(s3, at));
      same((await bytesOf((await s3.send(new GetObjectCommand(at))).Body)).toString(), 'precious');
    }),
  ),
  better('S3: DeleteBucketCors leaves an empty bucket alone', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    await doneOrRefused(s3.send(new DeleteBucketCorsCommand({ Bucket })));
    await s3.send(new HeadBucketCommand({ Bucket }));
  }),
  better('S3: If-None-Match: * and If-Match guard an upload', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'x' };
    const { ETag } = await s3.send(new PutObjectCommand({ ...at, Body: 'one', IfNoneMatch: '*' }));
    await denied(s3.send(new PutObjectCommand({ ...at, Body: 'two', IfNoneMatch: '*' })), 412, 'PreconditionFailed');
    await denied(s3.send(new PutObjectCommand({ ...at, Body: 'two', IfMatch: '"other"' })), 412, 'PreconditionFailed');
    await s3.send(new PutObjectCommand({ ...at, Body: 'three', IfMatch: ETag }));
    same((await bytesOf((await s3.send(new GetObjectCommand(at))).Body)).toString(), 'three');
  }),
  better('S3: a digest that does not fit is refused and stores nothing', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'x' };
    await denied(s3.send(new PutObjectCommand({ ...at, Body: 'body', ContentMD5: other('md5') })), 400, 'BadDigest');
    await denied(s3.send(new PutObjectCommand({ ...at, Body: 'body', ChecksumSHA256: other('sha256') })), 400);
    await denied(s3.send(new PutObjectCommand({ ...at, Body: 'body', ChecksumSHA1: other('sha1') })), 400);
    await denied(s3.send(new HeadObjectCommand(at)), 404);
  }),
  check('S3: uploads with each checksum are taken', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
      await s3.send(new PutObjectCommand({ Bucket, Key: ChecksumAlgorithm, Body: 'body', ChecksumAlgorithm }));
      same((await world.request('GET', `/object/${Bucket}/${ChecksumAlgorithm}`)).text, 'body');
    }
  }),
  check('S3: a wrong secret and an unknown key are refused', 'full', async (world) => {
    const { accessKeyId = '', secretAccessKey = '' } = world.options.s3 ?? {};
    const wrong = await s3Of(world, { credentials: { accessKeyId, secretAccessKey: 'wrong' } });
    await denied(wrong.send(new ListBucketsCommand({})), 403);
    const unknown = await s3Of(world, { credentials: { accessKeyId: 'unknown', secretAccessKey } });
    await denied(unknown.send(new ListBucketsCommand({})), 403);
  }),
  better('S3: the codes of a bad signature and an unknown key are those of AWS', 'full', async (world) => {
    const { accessKeyId = '', secretAccessKey = '' } = world.options.s3 ?? {};
    const wrong = await s3Of(world, { credentials: { accessKeyId, secretAccessKey: 'wrong' } });
    await denied(wrong.send(new ListBucketsCommand({})), 403, 'SignatureDoesNotMatch');
    const unknown = await s3Of(world, { credentials: { accessKeyId: 'unknown', secretAccessKey } });
    await denied(unknown.send(new ListBucketsCommand({})), 403, 'InvalidAccessKeyId');
  }),
  better('S3: a bucket that is not empty answers BucketNotEmpty', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    await world.put(Bucket, 'x', 'x');
    await denied(s3.send(new DeleteBucketCommand({ Bucket })), 409, 'BucketNotEmpty');
  }),
  better('S3: error documents have no namespace', 'full', async (world) => {
    await s3Of(world);
    const url = world.options.s3?.url ?? '';
    const answer = await send(url, 'GET', `${new URL(url).pathname.replace(/\/$/, '')}/${world.name('missing')}/x`);
    same(answer.status >= 400, true);
    matches(answer.text, /<Error>[\s\S]*<Code>\w+<\/Code>/, 'document');
  }),
  better('S3: keys of any characters, and a copy source that is URL-encoded', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    for (const Key of ['grüße/日本 語.txt', '100% #1 [x]', "a+b & c'd"]) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      same((await bytesOf((await s3.send(new GetObjectCommand({ Bucket, Key }))).Body)).toString(), Key);
      const CopySource = `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
      await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
      same((await bytesOf((await s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }))).Body)).toString(), Key);
    }
  }),
  check('S3: session tokens act as their user, under policies', 'full', async (world) => {
    const session = {
      accessKeyId: 'storage-single-tenant',
      secretAccessKey: world.options.anonKey,
      sessionToken: world.token(),
    };
    const s3 = await s3Of(world, { credentials: session });
    const Bucket = await world.bucket();
    await world.put(Bucket, 'x', 'x');
    const error: unknown = await s3.send(new GetObjectCommand({ Bucket, Key: 'x' })).then(
      () => null,
      (reason: unknown) => reason,
    );
    const status = statusOf(error);
    same(status === 404 || status === 403, true, `status ${status}`);
  }),
];
