import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { better, check } from '../check.ts';
import { holds, like, same } from '../assert.ts';
import { bytesOf, denied, offered, s3Of } from '../s3.ts';

const PART_BYTES = 5 * 1024 * 1024;

interface At {
  readonly Bucket: string;
  readonly Key: string;
}

async function begin(s3: S3Client, at: At): Promise<string> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, ContentType: 'image/x' }));
  holds(UploadId !== undefined, 'there is an upload id');
  return UploadId;
}

async function part(s3: S3Client, at: At, UploadId: string, PartNumber: number, Body: Buffer) {
  const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
  return { PartNumber, ETag };
}

export const s3MultipartChecks = [
  check('S3: parts become one object', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'multi' };
    const UploadId = await begin(s3, at);
    const bodies = [randomBytes(PART_BYTES), randomBytes(1000)];
    const Parts = [];
    for (const [index, body] of bodies.entries()) Parts.push(await part(s3, at, UploadId, index + 1, body));
    const listed = await s3.send(new ListPartsCommand({ ...at, UploadId }));
    same(
      listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
      [
        [1, PART_BYTES],
        [2, 1000],
      ],
    );
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket: at.Bucket }));
    same(
      uploads.Uploads?.map(({ Key }) => Key),
      ['multi'],
    );
    await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    const got = await s3.send(new GetObjectCommand(at));
    same(got.ContentType, 'image/x');
    holds((await bytesOf(got.Body)).equals(Buffer.concat(bodies)), 'the bytes are the same');
    like(await s3.send(new HeadObjectCommand(at)), { ContentLength: PART_BYTES + 1000 });
  }),
  check('S3: an aborted upload leaves nothing', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'multi' };
    const UploadId = await begin(s3, at);
    await part(s3, at, UploadId, 1, randomBytes(1000));
    await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    await denied(s3.send(new HeadObjectCommand(at)), 404);
    await denied(s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 2, Body: 'x' })), 404, 'NoSuchUpload');
    same((await s3.send(new ListMultipartUploadsCommand({ Bucket: at.Bucket }))).Uploads ?? [], []);
  }),
  check('S3: a part may be copied from an object', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'from', Body: 'hello wide world' }));
    const at = { Bucket, Key: 'assembled' };
    const UploadId = await begin(s3, at);
    const copy = new UploadPartCopyCommand({ ...at, UploadId, PartNumber: 1, CopySource: `${Bucket}/from`, CopySourceRange: 'bytes=0-4' });
    const { CopyPartResult } = await offered(s3.send(copy));
    const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
    await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    same((await bytesOf((await s3.send(new GetObjectCommand(at))).Body)).toString(), 'hello');
  }),
  better('S3: parts out of order, too small or with a wrong tag are refused', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'multi' };
    const UploadId = await begin(s3, at);
    const one = await part(s3, at, UploadId, 1, Buffer.from('small'));
    const two = await part(s3, at, UploadId, 2, Buffer.from('end'));
    const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    await denied(complete([two, one]), 400, 'InvalidPartOrder');
    await denied(complete([one, two]), 400, 'EntityTooSmall');
    await denied(complete([{ ...one, ETag: '"00000000000000000000000000000000"' }]), 400, 'InvalidPart');
    await complete([two]);
    same((await bytesOf((await s3.send(new GetObjectCommand(at))).Body)).toString(), 'end');
  }),
];
