import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { UploadHead } from '../../objects/upload-object.ts';
import { header, type S3Call } from './call.ts';
import { parseTaggingHeader } from './xml/request-documents.ts';

/** What only S3 keeps of an object; stored under `s3` in the row's metadata, so that it lives and dies with the bytes. */
export interface S3Extras {
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly checksum?: StoredChecksum;
  /** The multipart upload that made the object, so that completing it twice answers the same. */
  readonly uploadId?: string;
  /** Sizes of the parts of a multipart object, in bytes. */
  readonly partSizes?: readonly number[];
}

export interface StoredChecksum {
  readonly algorithm: string;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** Everything an object carries besides its bytes. */
export interface ObjectHead extends Pick<UploadHead, 'mimeType' | 'cacheControl' | 'contentEncoding' | 'userMetadata'> {
  readonly extras: S3Extras;
}

const DEFAULT_TYPE = 'binary/octet-stream';
const MAX_METADATA_BYTES = 2048;
/** Metadata written over REST may be larger than any client takes in headers. */
const MAX_ANSWERED_BYTES = 8192;
const META = 'x-amz-meta-';

/** Headers that ask for what this server does not do. Ignoring them would break a promise. */
const UNSUPPORTED = [
  /^x-amz-server-side-encryption/,
  /^x-amz-copy-source-server-side-encryption/,
  /^x-amz-object-lock-/,
  /^x-amz-website-redirect-location$/,
  /^x-amz-write-offset-bytes$/,
];

/** @throws NotImplemented, InvalidStorageClass */
export function refuseUnsupportedHeaders(call: Pick<S3Call, 'headers'>): void {
  if (call.headers.some(([name]) => UNSUPPORTED.some((pattern) => pattern.test(name)))) throw new S3Error('NotImplemented');
  const storageClass = header(call, 'x-amz-storage-class');
  if (storageClass !== null && storageClass !== 'STANDARD') throw new S3Error('InvalidStorageClass');
}

/** Reads the head of an object from the headers of the request that writes it. @throws InvalidArgument, MetadataTooLarge, InvalidTag */
export function readObjectHead(call: Pick<S3Call, 'headers'>): ObjectHead {
  const tagging = header(call, 'x-amz-tagging');
  const encoding = storableEncoding(header(call, 'content-encoding'));
  const contentDisposition = sendable(call, 'content-disposition');
  const contentLanguage = sendable(call, 'content-language');
  const expires = sendable(call, 'expires');
  return {
    mimeType: header(call, 'content-type') || DEFAULT_TYPE,
    cacheControl: sendable(call, 'cache-control') ?? 'no-cache',
    ...(encoding === null ? {} : { contentEncoding: encoding }),
    userMetadata: readUserMetadata(call),
    extras: {
      ...(contentDisposition === null ? {} : { contentDisposition }),
      ...(contentLanguage === null ? {} : { contentLanguage }),
      ...(expires === null ? {} : { expires }),
      ...(tagging === null ? {} : { tags: Object.fromEntries(parseTaggingHeader(tagging)) }),
    },
  };
}

/** `aws-chunked` is how the body travelled, not what it is. */
function storableEncoding(value: string | null): string | null {
  const rest = (value ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked')
    .join(', ');
  return rest === '' ? null : requireSendable('content-encoding', rest);
}

function sendable(call: Pick<S3Call, 'headers'>, name: string): string | null {
  const value = header(call, name);
  return value === null || value === '' ? null : requireSendable(name, value);
}

function requireSendable(name: string, value: string): string {
  if (!/^[\t\x20-\x7e]*$/.test(value))
    throw new S3Error('InvalidArgument', `The header '${name}' contains characters that no header may have.`);
  return value;
}

function readUserMetadata(call: Pick<S3Call, 'headers'>): Readonly<Record<string, string>> | null {
  const names = new Set(call.headers.map(([name]) => name).filter((name) => name.startsWith(META) && name.length > META.length));
  const entries = [...names].map((name) => [name.slice(META.length), header(call, name) ?? ''] as const);
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (bytes > MAX_METADATA_BYTES) throw new S3Error('MetadataTooLarge');
  return entries.length === 0 ? null : Object.fromEntries(entries.map(([name, value]) => [name, decodeWords(value)]));
}

/** Undoes RFC 2047, which SDKs use for values beyond ASCII. */
function decodeWords(value: string): string {
  return value.replaceAll(/=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=/gi, (_, base64: string) => Buffer.from(base64, 'base64').toString('utf8'));
}

/** `x-amz-meta-*` headers for user metadata; values beyond ASCII in RFC 2047. What no header can carry is only counted. */
export function userMetadataHeaders(metadata: Readonly<Record<string, unknown>> | null): Record<string, string | number> {
  const headers: Record<string, string | number> = {};
  let missing = 0;
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata ?? {})) {
    const text = encodeWords(typeof value === 'string' ? value : JSON.stringify(value));
    bytes += name.length + text.length;
    if (bytes > MAX_ANSWERED_BYTES || !/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/.test(name)) missing += 1;
    else headers[META + name.toLowerCase()] = text;
  }
  return missing === 0 ? headers : { ...headers, 'x-amz-missing-meta': missing };
}

function encodeWords(value: string): string {
  return /^[\t\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}
