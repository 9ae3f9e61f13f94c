import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { ByteRange } from '../../blobs/blob-store.port.ts';
import { type ExpectedBytes, verifiedBody } from '../../blobs/verified-body.ts';
import type { S3Deps } from './call.ts';

type Deps = Pick<S3Deps, 'blobs' | 'damage'>;

/** The bytes of a version in order, checked when they are read whole. @throws InternalError when they are not there or damaged */
export async function* blobChunks(
  deps: Deps,
  row: ExpectedBytes & { readonly version: string },
  range?: ByteRange,
): AsyncGenerator<Buffer> {
  const blob = await deps.blobs.open(row.version, { range });
  if (blob === null) {
    deps.damage.suspect(row.version);
    throw new S3Error('InternalError', 'The bytes of the object are missing.');
  }
  const body = await verifiedBody(blob, { expected: row, damage: deps.damage, range });
  if (Buffer.isBuffer(body)) yield body;
  else for await (const chunk of body) yield chunk;
}
