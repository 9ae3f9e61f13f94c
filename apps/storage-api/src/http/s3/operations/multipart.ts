import { randomUUID } from 'node:crypto';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { findBucket } from '../../../metadata/bucket-queries.ts';
import { countParam, param, type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { requireValidKey } from '../key.ts';
import { findCallUpload, isUploadId, readChecksumPlan } from '../multipart-upload.ts';
import { readObjectHead, refuseUnsupportedHeaders } from '../object-head.ts';
import { requireFound } from '../queries/buckets.ts';
import { insertUpload, listPartRows, listUploadRows, removeUpload } from '../queries/multipart.ts';
import { probeWrite } from '../write-object.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { readPartChecksum } from '../part-checksum.ts';
import { boundedParam, readEncoding } from './list-objects.ts';

const MAX_ENTRIES = 1000;

/** POST object?uploads. */
export async function createMultipartUpload(deps: S3Deps, call: S3Call): Promise<void> {
  refuseUnsupportedHeaders(call);
  const { bucket, key } = call.target;
  requireValidKey(key);
  const head = readObjectHead(call);
  const checksum = readChecksumPlan(call);
  await probeWrite(deps, call, { bucket, key, head, condition: { kind: 'always' }, announcedBytes: 0 });
  const id = randomUUID();
  await deps.database.transact({ steps: [insertUpload({ id, bucket, key, scope: call.scope, head: { ...head, checksum } })] });
  const answered = checksum === null ? {} : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type };
  sendXml(call, renderDocument('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id }), answered);
}

/** DELETE object?uploadId: the bytes of its parts are retired. */
export async function abortMultipartUpload(deps: S3Deps, call: S3Call): Promise<void> {
  const { bucket, key } = call.target;
  const id = param(call, 'uploadId') ?? '';
  if (!isUploadId(id) || key.includes('\0')) throw new S3Error('NoSuchUpload');
  const removal = removeUpload(call.scope, { bucket, key, id });
  await deps.database.transact({ steps: [removal] });
  if (removal.rowCount === 0) throw new S3Error('NoSuchUpload');
  sendEmpty(call, 204);
}

/** GET object?uploadId. */
export async function listParts(deps: S3Deps, call: S3Call): Promise<void> {
  const upload = await findCallUpload(deps, call);
  const { bucket, key } = call.target;
  const encode = readEncoding(call);
  const maxParts = countParam(call, 'max-parts', MAX_ENTRIES);
  const after = param(call, 'part-number-marker') === null ? 0 : countParam(call, 'part-number-marker', Number.MAX_SAFE_INTEGER);
  const list = listPartRows(upload.id, Math.min(after, 100_000), maxParts + 1);
  await deps.database.read(list);
  const page = list.rows.slice(0, maxParts);
  const owner = { ID: deps.s3.tenantId, DisplayName: deps.s3.tenantId };
  sendXml(
    call,
    renderDocument('ListPartsResult', {
      Bucket: bucket,
      Key: encode(key),
      UploadId: upload.id,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.part_number ?? 0,
      MaxParts: maxParts,
      EncodingType: param(call, 'encoding-type'),
      IsTruncated: list.rows.length > page.length && maxParts > 0,
      Initiator: owner,
      Owner: owner,
      StorageClass: 'STANDARD',
      ...(upload.checksum === null ? {} : { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
      Part: page.map((part) => ({
        PartNumber: part.part_number,
        LastModified: part.created_at.toISOString(),
        ETag: `"${part.etag}"`,
        Size: part.size_bytes,
        ...describeChecksum(part.checksum, upload.checksum?.algorithm),
      })),
    }),
  );
}

/** GET bucket?uploads: the caller's own, or for service_role all. */
export async function listMultipartUploads(deps: S3Deps, call: S3Call): Promise<void> {
  const { bucket } = call.target;
  const encode = readEncoding(call);
  const [prefix, delimiter, keyMarker] = ['prefix', 'delimiter', 'key-marker'].map((name) => boundedParam(call, name));
  const idMarker = keyMarker === '' ? '' : boundedParam(call, 'upload-id-marker');
  if (idMarker !== '' && !isUploadId(idMarker)) throw new S3Error('InvalidArgument', 'Invalid uploadId marker.');
  const maxUploads = countParam(call, 'max-uploads', MAX_ENTRIES);
  // Without an id, a key marker skips all uploads of that key: no id sorts after this one.
  const afterId = keyMarker !== '' && idMarker === '' ? '~' : idMarker;
  const listing = { bucket, prefix: prefix ?? '', afterKey: keyMarker ?? '', afterId, limit: maxUploads + 1 };
  const list = listUploadRows(call.scope, listing);
  const found = findBucket(bucket);
  await deps.database.read(found, list);
  requireFound(found);
  const page = list.rows.slice(0, maxUploads);
  const last = page.at(-1);
  const isTruncated = list.rows.length > page.length && last !== undefined;
  const shared = (key: string): string | null => commonPrefix(key, prefix ?? '', delimiter ?? '');
  const prefixes = new Set(page.map(({ key }) => shared(key)).filter((text) => text !== null));
  const owner = { ID: deps.s3.tenantId, DisplayName: deps.s3.tenantId };
  sendXml(
    call,
    renderDocument('ListMultipartUploadsResult', {
      Bucket: bucket,
      KeyMarker: encode(keyMarker ?? ''),
      UploadIdMarker: idMarker,
      ...(isTruncated ? { NextKeyMarker: encode(last.key), NextUploadIdMarker: last.id } : {}),
      Prefix: encode(prefix ?? ''),
      ...(delimiter === '' ? {} : { Delimiter: encode(delimiter ?? '') }),
      MaxUploads: maxUploads,
      EncodingType: param(call, 'encoding-type'),
      IsTruncated: isTruncated,
      Upload: page
        .filter(({ key }) => shared(key) === null)
        .map((row) => ({
          Key: encode(row.key),
          UploadId: row.id,
          Initiator: owner,
          Owner: owner,
          StorageClass: 'STANDARD',
          Initiated: row.created_at.toISOString(),
        })),
      CommonPrefixes: [...prefixes].map((text) => ({ Prefix: encode(text) })),
    }),
  );
}

function describeChecksum(stored: string | null, algorithm: string | undefined): Record<string, string> {
  const value = algorithm === undefined ? null : readPartChecksum(stored, algorithm);
  return value === null ? {} : { [`Checksum${algorithm}`]: value };
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | null {
  if (delimiter === '') return null;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? null : key.slice(0, at + delimiter.length);
}
