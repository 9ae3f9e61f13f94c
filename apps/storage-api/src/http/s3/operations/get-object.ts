import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import type { ByteRange, OpenBlob } from '../../../blobs/blob-store.port.ts';
import { verifiedBody } from '../../../blobs/verified-body.ts';
import { failures } from '../../../errors.ts';
import type { ObjectRow } from '../../../metadata/object-queries.ts';
import type { ReadDeps } from '../../../metadata/replicas/start-replicas.ts';
import { findMarker, versionIdOf, versionPolicies } from '../../../metadata/version-queries.ts';
import { refuseDamaged } from '../../../objects/read-object.ts';
import { SANDBOX } from '../../document-safety.ts';
import { type Decision, decide } from '../../rest/conditions.ts';
import { outgoingBody } from '../../outgoing-body.ts';
import { checksumHeader, parseChecksumAlgorithm } from '../body/expected-digests.ts';
import { header, MARKER_HEADER, param, type S3Call, type S3Deps, sendEmpty, setHeaders, VERSION_HEADER } from '../call.ts';
import { etagOf, lastModifiedOf, sizeOf } from '../entity-tag.ts';
import { findVersionRow } from '../find-version.ts';
import { userMetadataHeaders } from '../object-head.ts';
import { readExtras } from '../stored-extras.ts';

/** Everything a browser could run is shown in a sandbox: these answers come from the origin of the whole server. */
const SAFETY = { 'content-security-policy': SANDBOX, 'x-content-type-options': 'nosniff' };

/** GET object: whole, by range, or by part number. */
export async function getObject(deps: S3Deps, call: S3Call): Promise<void> {
  const row = await findReadable(deps, call);
  const planned = prepareAnswer(call, row);
  if (planned.status === 304) return sendEmpty(call, 304, planned.headers);
  const { row: current, blob } = await openBytes(deps, call, row, planned.range);
  try {
    const answer = current === row ? planned : prepareAnswer(call, current);
    if (answer.status === 304) {
      await blob.close();
      return sendEmpty(call, 304, answer.headers);
    }
    const notice = await deps.expiry.headerForRow(current);
    // Before the headers: those of the object must not get into an error.
    const body = await readBody(deps, current, blob, answer);
    setHeaders(call.res, { ...answer.headers, ...notice });
    deps.metrics.downloadedBytes.inc(answer.lengthBytes);
    call.res.writeHead(answer.status);
    await send(call, body);
  } catch (error) {
    await blob.close().catch(() => undefined);
    throw error;
  }
}

/** HEAD object. */
export async function headObject(deps: S3Deps, call: S3Call): Promise<void> {
  const row = await findReadable(deps.reads, call);
  const { status, headers } = prepareAnswer(call, row);
  sendEmpty(call, status, { ...headers, ...(await deps.expiry.headerForRow(row)), 'created-at': row.created_at.toUTCString() });
}

/**
 * The row of an object or version that the caller may read; its id is told in a header where versions are kept.
 * @throws NoSuchKey, NoSuchBucket, NoSuchVersion; MethodNotAllowed for a delete marker
 */
export async function findReadable(deps: ReadDeps, call: S3Call): Promise<ObjectRow> {
  const { bucket, key } = call.target;
  if (key.includes('\0')) throw failures.noSuchKey();
  const { row, keepsVersions } = await findVersionRow(deps, call.scope, { bucket, key, versionId: param(call, 'versionId') });
  if (row === undefined) return refuseAbsent(deps, call, keepsVersions);
  if (keepsVersions) setHeaders(call.res, { [VERSION_HEADER]: versionIdOf(row) });
  if (!(row.is_delete_marker ?? false)) return row;
  setHeaders(call.res, { [MARKER_HEADER]: 'true', allow: 'DELETE', 'last-modified': row.created_at.toUTCString() });
  throw new S3Error('MethodNotAllowed');
}

/** Where a delete marker hides the object, the answer says so. */
async function refuseAbsent(deps: ReadDeps, call: S3Call, keepsVersions: boolean): Promise<never> {
  if (keepsVersions) {
    const find = findMarker(call.target.bucket, call.target.key);
    await deps.database.readBoth(call.scope, versionPolicies(call.scope), [find]);
    const [marker] = find.rows;
    if (marker !== undefined) setHeaders(call.res, { [MARKER_HEADER]: 'true', [VERSION_HEADER]: versionIdOf(marker) });
  }
  throw failures.noSuchKey();
}

/** An overwrite may have retired, and a late collector removed, what the row pointed to: then the newer row counts. */
async function openBytes(
  deps: S3Deps,
  call: S3Call,
  first: ObjectRow,
  range: ByteRange | undefined,
): Promise<{ row: ObjectRow; blob: OpenBlob }> {
  let row = first;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const blob = row.version === null ? null : await deps.blobs.open(row.version, { range });
    if (blob !== null && blob.sizeBytes === sizeOf(row)) return { row, blob };
    await blob?.close();
    row = await findReadable(deps, call);
  }
  if (row.version !== null) deps.damage.suspect(row.version);
  throw new S3Error('InternalError', 'The bytes of the object are missing or incomplete.');
}

async function readBody(deps: S3Deps, row: ObjectRow, blob: OpenBlob, { lengthBytes, range }: Answer): Promise<Readable | Buffer> {
  refuseDamaged(row);
  if (lengthBytes > 0) return verifiedBody(blob, { expected: row, damage: deps.damage, range });
  await blob.close();
  return Buffer.alloc(0);
}

async function send({ res }: S3Call, body: Readable | Buffer): Promise<void> {
  if (Buffer.isBuffer(body)) res.end(body);
  else await pipeline(outgoingBody(body), res);
}

interface Answer {
  readonly status: 200 | 206 | 304;
  readonly range: ByteRange | undefined;
  readonly lengthBytes: number;
  readonly headers: Record<string, string | number | null | undefined>;
}

function prepareAnswer(call: S3Call, row: ObjectRow): Answer {
  const sizeBytes = sizeOf(row);
  const part = partOf(call, row);
  const decision: Decision = decide(call.req.headers, { etag: etagOf(row), lastModified: lastModifiedOf(row), sizeBytes }, 'GET');
  if (decision.kind === 'precondition-failed') throw new S3Error('PreconditionFailed');
  if (decision.kind === 'unsatisfiable') {
    setHeaders(call.res, { 'content-range': `bytes */${sizeBytes}` });
    throw new S3Error('InvalidRange');
  }
  const common = describeHeaders(call, row);
  if (decision.kind === 'not-modified') return { status: 304, range: undefined, lengthBytes: 0, headers: common };
  const range = decision.kind === 'partial' ? decision.range : part?.range;
  const lengthBytes = range === undefined ? sizeBytes : range.end - range.start + 1;
  const headers = {
    ...common,
    'content-length': lengthBytes,
    ...(range === undefined ? checksumOf(call, row) : { 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` }),
    ...(part === null ? {} : { 'x-amz-mp-parts-count': part.count }),
  };
  return { status: range === undefined && part === null ? 200 : 206, range, lengthBytes, headers };
}

function partOf(call: S3Call, row: ObjectRow): { readonly count: number | null; readonly range: ByteRange | undefined } | null {
  const text = param(call, 'partNumber');
  if (text === null) return null;
  if (header(call, 'range') !== null)
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter.');
  if (!/^\d{1,5}$/.test(text) || text === '0')
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive.');
  const { partSizes } = readExtras(row);
  const sizes = partSizes ?? [sizeOf(row)];
  const index = Number(text) - 1;
  const length = sizes[index];
  if (length === undefined) throw new S3Error('InvalidPartNumber');
  const start = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  return { count: partSizes === undefined ? null : sizes.length, range: length === 0 ? undefined : { start, end: start + length - 1 } };
}

function checksumOf(call: S3Call, row: ObjectRow): Record<string, string> {
  const { checksum } = readExtras(row);
  if (checksum === undefined || header(call, 'x-amz-checksum-mode')?.toUpperCase() !== 'ENABLED') return {};
  return { [checksumHeader(parseChecksumAlgorithm(checksum.algorithm))]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

function describeHeaders(call: S3Call, row: ObjectRow): Answer['headers'] {
  const { metadata, user_metadata } = row;
  const { contentDisposition, contentLanguage, expires, tags } = readExtras(row);
  const tagCount = Object.keys(tags ?? {}).length;
  return {
    ...userMetadataHeaders(user_metadata),
    ...SAFETY,
    'accept-ranges': 'bytes',
    etag: etagOf(row),
    'last-modified': lastModifiedOf(row).toUTCString(),
    'content-type': override(call, 'content-type') ?? metadata?.mimetype ?? 'binary/octet-stream',
    'cache-control': override(call, 'cache-control') ?? metadata?.cacheControl,
    'content-encoding': override(call, 'content-encoding') ?? metadata?.contentEncoding,
    'content-disposition': override(call, 'content-disposition') ?? contentDisposition,
    'content-language': override(call, 'content-language') ?? contentLanguage,
    expires: override(call, 'expires') ?? expires,
    'x-amz-tagging-count': tagCount === 0 ? null : tagCount,
  };
}

function override(call: S3Call, name: string): string | null {
  const value = param(call, `response-${name}`);
  if (value === null || value === '') return null;
  if (!/^[\t\x20-\x7e]{1,1024}$/.test(value))
    throw new S3Error('InvalidArgument', `The value of response-${name} cannot be sent in a header.`);
  return value;
}
