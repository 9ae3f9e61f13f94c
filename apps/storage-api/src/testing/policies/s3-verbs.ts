import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../objects/copy-object.ts';
import { SERVICE_TOKEN } from '../server.ts';
import { type Attempt, folderOf, type Verb } from './attempt.ts';

/** Over S3, in session mode: the role and the claims of the caller's token decide. */
export const S3_VERBS = {
  s3Get: (attempt) => reads(clientOf(attempt).send(new GetObjectCommand(named(attempt.from)))),
  s3Head: (attempt) => works(clientOf(attempt).send(new HeadObjectCommand(named(attempt.from)))),
  s3Attributes: (attempt) =>
    works(clientOf(attempt).send(new GetObjectAttributesCommand({ ...named(attempt.from), ObjectAttributes: ['ETag'] }))),
  s3Tags: (attempt) => works(clientOf(attempt).send(new GetObjectTaggingCommand(named(attempt.from)))),
  s3SetTags: (attempt) =>
    works(clientOf(attempt).send(new PutObjectTaggingCommand({ ...named(attempt.from), Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }))),
  s3List: async (attempt) => {
    const { bucket, key } = attempt.from;
    const { Contents } = await clientOf(attempt).send(new ListObjectsCommand({ Bucket: bucket, Prefix: folderOf(key) }));
    return (Contents ?? []).some(({ Key }) => Key === key);
  },
  s3ListV2: async (attempt) => {
    const { bucket, key } = attempt.from;
    const { Contents } = await clientOf(attempt).send(new ListObjectsV2Command({ Bucket: bucket }));
    return (Contents ?? []).some(({ Key }) => Key === key);
  },
  s3Put: (attempt) => works(put(attempt, attempt.to)),
  s3PutNew: (attempt) => works(put(attempt, attempt.to, { IfNoneMatch: '*' })),
  s3Replace: (attempt) => works(put(attempt, attempt.from)),
  s3Copy: (attempt) => works(clientOf(attempt).send(new CopyObjectCommand({ ...named(attempt.to), CopySource: sourceOf(attempt.from) }))),
  s3Delete: async (attempt) => {
    await works(clientOf(attempt).send(new DeleteObjectCommand(named(attempt.from))));
    return isGone(attempt);
  },
  s3DeleteMany: async (attempt) => {
    const { bucket, key } = attempt.from;
    await works(clientOf(attempt).send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: key }] } })));
    return isGone(attempt);
  },
  s3Parts: async (attempt) => {
    const upload = await begin(attempt, attempt.token);
    if (upload === null) return false;
    const { ETag } = await clientOf(attempt).send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: attempt.bench.picture }));
    await clientOf(attempt).send(new ListPartsCommand(upload));
    return works(complete(attempt, upload, ETag));
  },
  s3PartCopy: async (attempt) => {
    const upload = await begin(attempt, attempt.token);
    if (upload === null) return false;
    const part = new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: sourceOf(attempt.from) });
    const copied = await clientOf(attempt)
      .send(part)
      .catch((error: unknown) => refusalOnly(error));
    return copied !== false && works(complete(attempt, upload, copied.CopyPartResult?.ETag));
  },
  s3Abort: async (attempt) => {
    const upload = await begin(attempt, attempt.token);
    return upload !== null && works(clientOf(attempt).send(new AbortMultipartUploadCommand(upload)));
  },
  s3PartOfOthers: async (attempt) => {
    const upload = await begin(attempt, SERVICE_TOKEN);
    if (upload === null) throw new Error('the service may not begin an upload');
    return works(clientOf(attempt).send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' })));
  },
  s3AbortOthers: async (attempt) => {
    const upload = await begin(attempt, SERVICE_TOKEN);
    if (upload === null) throw new Error('the service may not begin an upload');
    return works(clientOf(attempt).send(new AbortMultipartUploadCommand(upload)));
  },
} satisfies Record<string, Verb>;

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

async function begin({ bench, to }: Attempt, token: string): Promise<Upload | null> {
  const created = await bench
    .s3(token)
    .send(new CreateMultipartUploadCommand({ ...named(to), ContentType: 'image/png' }))
    .catch((error: unknown) => refusalOnly(error));
  return created === false ? null : { ...named(to), UploadId: created.UploadId };
}

function complete(attempt: Attempt, upload: Upload, ETag: string | undefined): Promise<unknown> {
  return clientOf(attempt).send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));
}

function put(attempt: Attempt, address: ObjectAddress, extra: { IfNoneMatch?: string } = {}): Promise<unknown> {
  return clientOf(attempt).send(
    new PutObjectCommand({ ...named(address), ...extra, Body: attempt.bench.picture, ContentType: 'image/png' }),
  );
}

/** Deleting over S3 succeeds also where there was nothing to delete, or nothing that may be seen. */
async function isGone({ bench, from: { bucket, key } }: Attempt): Promise<boolean> {
  return (await bench.server.sql('select from storage.objects where bucket_id = $1 and name = $2', [bucket, key])).length === 0;
}

export function clientOf({ bench, token }: Attempt) {
  return bench.s3(token);
}

export function named({ bucket, key }: ObjectAddress) {
  return { Bucket: bucket, Key: key };
}

function sourceOf({ bucket, key }: ObjectAddress): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

export async function reads(work: Promise<{ Body?: { transformToByteArray(): Promise<Uint8Array> } | undefined }>): Promise<boolean> {
  return works(work.then(({ Body }) => Body?.transformToByteArray()));
}

export function works(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    (error: unknown) => refusalOnly(error),
  );
}

function refusalOnly(error: unknown): false {
  if (error instanceof S3ServiceException && (error.$metadata.httpStatusCode ?? 500) < 500) return false;
  throw error;
}
