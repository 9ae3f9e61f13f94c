import { failures } from '../../errors.ts';
import type { UploadHead } from '../../objects/upload-object.ts';
import { CHECKSUM_ALGORITHMS, type PartChecksum } from '../../uploads/resumable-uploads.ts';
import { uploadFailures } from '../../uploads/upload-failures.ts';
import { parseUserMetadata, sendable } from '../rest/upload-head.ts';

/** Decoded `Upload-Metadata`. */
export type UploadMetadata = Readonly<Record<string, string | null | undefined>>;

const DEFAULT_MIME_TYPE = 'application/octet-stream';

/** Where an upload goes. @throws ProtocolError MissingParameter */
export function destinationOf({ bucketName, objectName }: UploadMetadata): { readonly bucket: string; readonly key: string } {
  if (!bucketName) throw uploadFailures.missingMetadata('bucketName');
  if (!objectName) throw uploadFailures.missingMetadata('objectName');
  return { bucket: bucketName, key: objectName };
}

/** @throws ProtocolError InvalidRequest when the user metadata is no JSON object, or a value may not become a header */
export function headOf({ contentType, cacheControl, metadata }: UploadMetadata, lengthBytes: number | null): UploadHead {
  return {
    mimeType: sendable('contentType', contentType || DEFAULT_MIME_TYPE),
    cacheControl: /^-?\d+$/.test(cacheControl ?? '') ? `max-age=${cacheControl}` : 'no-cache',
    userMetadata: parseUserMetadata(metadata ?? undefined, 'utf8'),
    ...(lengthBytes === null ? {} : { announcedBytes: lengthBytes, isWholeBody: true }),
  };
}

/** `Upload-Checksum: sha1 <base64>`. @throws ProtocolError InvalidChecksum */
export function parseChecksum(header: string | string[] | undefined): PartChecksum | undefined {
  if (header === undefined) return undefined;
  const [name, encoded, ...rest] = String(header).trim().split(/\s+/);
  const algorithm = CHECKSUM_ALGORITHMS.find((each) => each === name);
  if (algorithm === undefined || encoded === undefined || rest.length > 0) throw uploadFailures.checksumInvalid();
  const digest = Buffer.from(encoded, 'base64');
  if (digest.length !== DIGEST_BYTES[algorithm] || digest.toString('base64') !== encoded) throw uploadFailures.checksumInvalid();
  return { algorithm, digest };
}

const DIGEST_BYTES = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const satisfies Record<PartChecksum['algorithm'], number>;

/** The raw header for HEAD answers; what is not ASCII could not be sent back. */
export function metadataHeader(header: string | string[] | undefined): string {
  if (typeof header !== 'string' || !/^[\x20-\x7e]*$/.test(header)) throw failures.invalidRequest('Upload-Metadata is malformed');
  return header;
}
