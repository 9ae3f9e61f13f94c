import { S3Error } from './s3-error.ts';

/** How the body of a request is protected. */
export type PayloadMode =
  | { readonly kind: 'exact'; readonly sha256Hex: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'chunked'; readonly signed: boolean; readonly trailer: boolean };

const CHUNKED: Readonly<Record<string, PayloadMode>> = {
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { kind: 'chunked', signed: true, trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { kind: 'chunked', signed: true, trailer: true },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { kind: 'chunked', signed: false, trailer: true },
};

/**
 * Reads the value of x-amz-content-sha256.
 * @throws InvalidArgument for a word that is none of AWS's and no lower-case SHA-256.
 */
export function parsePayloadMode(value: string): PayloadMode {
  if (value === 'UNSIGNED-PAYLOAD') return { kind: 'unsigned' };
  if (/^[0-9a-f]{64}$/.test(value)) return { kind: 'exact', sha256Hex: value };
  const chunked = Object.hasOwn(CHUNKED, value) ? CHUNKED[value] : undefined;
  if (chunked) return chunked;
  throw new S3Error(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- word this server knows, or a valid sha256 value.',
  );
}
