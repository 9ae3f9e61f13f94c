import { encodeRfc3986 } from '../../../access/sigv4/canonical.ts';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { findBucket } from '../../../metadata/bucket-queries.ts';
import { countParam, param, type S3Call, type S3Deps, sendXml } from '../call.ts';
import { requireFound } from '../queries/buckets.ts';
import { type ListedEntry, listEntries } from '../queries/listing.ts';
import { renderDocument, type XmlTree } from '../xml/render-xml.ts';

const MAX_KEYS = 1000;
const MAX_TEXT_CHARS = 1024;

interface Page {
  readonly objects: readonly ListedEntry[];
  readonly prefixes: readonly string[];
  readonly last: string | null;
  readonly isTruncated: boolean;
}

/** GET bucket: version 1, with markers. */
export async function listObjects(deps: S3Deps, call: S3Call): Promise<void> {
  const { prefix, delimiter, maxKeys, encode } = readCommon(call);
  const marker = boundedParam(call, 'marker');
  const page = await fetchPage(deps, call, { after: marker, maxKeys });
  sendXml(
    call,
    renderDocument('ListBucketResult', {
      Name: call.target.bucket,
      Prefix: encode(prefix),
      Marker: encode(marker),
      ...(page.isTruncated && delimiter !== '' && page.last !== null ? { NextMarker: encode(page.last) } : {}),
      MaxKeys: maxKeys,
      ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
      EncodingType: param(call, 'encoding-type'),
      IsTruncated: page.isTruncated,
      Contents: page.objects.map((row) => renderObject(row, encode, deps.s3.tenantId, true)),
      CommonPrefixes: page.prefixes.map((text) => ({ Prefix: encode(text) })),
    }),
  );
}

/** GET bucket: version 2, with continuation tokens. */
export async function listObjectsV2(deps: S3Deps, call: S3Call): Promise<void> {
  if (param(call, 'list-type') !== '2') throw new S3Error('InvalidArgument', 'Invalid list-type.');
  const { prefix, delimiter, maxKeys, encode } = readCommon(call);
  const token = param(call, 'continuation-token');
  const startAfter = boundedParam(call, 'start-after');
  const page = await fetchPage(deps, call, { after: token === null || token === '' ? startAfter : decodeToken(token), maxKeys });
  const withOwner = param(call, 'fetch-owner') === 'true';
  sendXml(
    call,
    renderDocument('ListBucketResult', {
      Name: call.target.bucket,
      Prefix: encode(prefix),
      MaxKeys: maxKeys,
      ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
      EncodingType: param(call, 'encoding-type'),
      KeyCount: page.objects.length + page.prefixes.length,
      IsTruncated: page.isTruncated,
      ...(startAfter === '' ? {} : { StartAfter: encode(startAfter) }),
      ContinuationToken: token,
      ...(page.isTruncated && page.last !== null ? { NextContinuationToken: encodeToken(page.last) } : {}),
      Contents: page.objects.map((row) => renderObject(row, encode, deps.s3.tenantId, withOwner)),
      CommonPrefixes: page.prefixes.map((text) => ({ Prefix: encode(text) })),
    }),
  );
}

/** How texts of a listing are written: as they are, or percent-encoded when the client asks for it. */
export function readEncoding(call: S3Call): (text: string) => string {
  const encoding = param(call, 'encoding-type');
  if (encoding === null) return (text) => text;
  if (encoding !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request.');
  return (text) => text.split('/').map(encodeRfc3986).join('/');
}

/** A text parameter, empty when absent. @throws InvalidArgument for one that no key could match */
export function boundedParam(call: S3Call, name: string): string {
  const text = param(call, name) ?? '';
  if (text.length > MAX_TEXT_CHARS || text.includes('\0')) throw new S3Error('InvalidArgument', `The ${name} is not valid.`);
  return text;
}

/** Parameters that all listings share. */
export function readCommon(call: S3Call) {
  return {
    prefix: boundedParam(call, 'prefix'),
    delimiter: boundedParam(call, 'delimiter'),
    maxKeys: countParam(call, 'max-keys', MAX_KEYS),
    encode: readEncoding(call),
  };
}

async function fetchPage(deps: S3Deps, call: S3Call, { after, maxKeys }: { after: string; maxKeys: number }): Promise<Page> {
  const { bucket } = call.target;
  const query = { bucket, prefix: boundedParam(call, 'prefix'), delimiter: boundedParam(call, 'delimiter'), after, limit: maxKeys + 1 };
  const entries = listEntries(query);
  const found = findBucket(bucket);
  await deps.reads.database.readBoth(call.scope, [found], [entries]);
  requireFound(found);
  const rows = entries.rows.slice(0, maxKeys);
  return {
    objects: rows.filter((row) => !row.is_prefix),
    prefixes: rows.filter((row) => row.is_prefix).map((row) => row.entry),
    last: rows.at(-1)?.entry ?? null,
    isTruncated: maxKeys > 0 && entries.rows.length > maxKeys,
  };
}

function renderObject(row: ListedEntry, encode: (text: string) => string, ownerId: string, withOwner: boolean): XmlTree {
  const { metadata } = row;
  const written = new Date(metadata?.lastModified ?? row.updated_at ?? 0);
  return {
    Key: encode(row.entry),
    LastModified: (Number.isNaN(written.getTime()) ? new Date(row.updated_at ?? 0) : written).toISOString(),
    ETag: metadata?.eTag ?? '""',
    Size: Number(row.size_bytes ?? metadata?.size ?? 0),
    StorageClass: 'STANDARD',
    ...(withOwner ? { Owner: { ID: row.owner_id ?? ownerId, DisplayName: row.owner_id ?? ownerId } } : {}),
  };
}

const TOKEN_MARK = 'k:';

function encodeToken(key: string): string {
  return Buffer.from(TOKEN_MARK + key).toString('base64url');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(TOKEN_MARK) || encodeToken(text.slice(TOKEN_MARK.length)) !== token || text.includes('\0')) {
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect.');
  }
  return text.slice(TOKEN_MARK.length);
}
