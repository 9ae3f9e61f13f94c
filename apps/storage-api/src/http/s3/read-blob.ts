import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { ByteRange } from '../../blobs/blob-store.port.ts';
import type { S3Deps } from './call.ts';

/** The bytes of a version, in order. @throws InternalError when they are not there */
export async function* blobChunks({ blobs }: Pick<S3Deps, 'blobs'>, version: string, range?: ByteRange): AsyncGenerator<Buffer> {
  const blob = await blobs.open(version);
  if (blob === null) throw new S3Error('InternalError', 'The bytes of the object are missing.');
  const body = await blob.body(range);
  if (Buffer.isBuffer(body)) yield body;
  else for await (const chunk of body) yield chunk;
}
