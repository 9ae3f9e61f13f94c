import { z } from 'zod';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from './body/checksums.ts';
import { parseChecksumAlgorithm } from './body/expected-digests.ts';
import { header, param, type S3Call, type S3Deps } from './call.ts';
import type { ObjectHead } from './object-head.ts';
import { findUpload, type UploadRow } from './queries/multipart.ts';
import { MAX_PART_NUMBER } from './xml/request-documents.ts';

type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** How the checksum of the whole object will be made. */
export interface ChecksumPlan {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
}

/** An unfinished multipart upload. */
export interface MultipartUpload {
  readonly id: string;
  readonly head: ObjectHead;
  readonly checksum: ChecksumPlan | null;
}

const headSchema = z.object({
  mimeType: z.string(),
  cacheControl: z.string(),
  contentEncoding: z.string().exactOptional(),
  userMetadata: z.record(z.string(), z.string()).nullable(),
  extras: z.object({
    contentDisposition: z.string().exactOptional(),
    contentLanguage: z.string().exactOptional(),
    expires: z.string().exactOptional(),
    tags: z.record(z.string(), z.string()).exactOptional(),
  }),
  checksum: z.object({ algorithm: z.enum(CHECKSUM_ALGORITHMS), type: z.enum(['FULL_OBJECT', 'COMPOSITE']) }).nullable(),
});

/** Reads x-amz-checksum-algorithm and -type of a new upload. @throws InvalidRequest for a pair that S3 does not define */
export function readChecksumPlan(call: S3Call): ChecksumPlan | null {
  const name = header(call, 'x-amz-checksum-algorithm');
  const type = header(call, 'x-amz-checksum-type');
  if (name === null) {
    if (type !== null)
      throw new S3Error('InvalidRequest', 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return null;
  }
  const algorithm = parseChecksumAlgorithm(name);
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE')
    throw new S3Error('InvalidRequest', 'Value for x-amz-checksum-type header is invalid.');
  const isDefined = chosen === 'COMPOSITE' ? algorithm !== 'CRC64NVME' : algorithm.startsWith('CRC');
  if (!isDefined)
    throw new S3Error('InvalidRequest', `The ${chosen} checksum type cannot be used with the ${algorithm} checksum algorithm.`);
  return { algorithm, type: chosen };
}

/** The upload a call names. @throws NoSuchUpload when there is none or it is another caller's */
export async function findCallUpload(deps: S3Deps, call: S3Call): Promise<MultipartUpload> {
  const id = param(call, 'uploadId') ?? '';
  const { bucket, key } = call.target;
  if (!isUploadId(id) || key.includes('\0') || bucket.includes('\0')) throw new S3Error('NoSuchUpload');
  const find = findUpload(call.scope, { bucket, key, id });
  await deps.database.read(find);
  const row = find.rows[0];
  if (row === undefined) throw new S3Error('NoSuchUpload');
  return readUpload(row);
}

export function isUploadId(text: string): boolean {
  return /^[0-9a-f-]{36}$/.test(text);
}

function readUpload({ id, head }: UploadRow): MultipartUpload {
  const { checksum, ...rest } = headSchema.parse(head);
  return { id, head: rest, checksum };
}

/** @throws InvalidArgument unless it is 1 to 10,000 */
export function readPartNumber(call: S3Call): number {
  const text = param(call, 'partNumber') ?? '';
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MAX_PART_NUMBER) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive.');
  }
  return number;
}
