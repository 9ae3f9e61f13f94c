import { decodePercent } from '../../../access/sigv4/canonical.ts';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { failures } from '../../../errors.ts';
import type { ObjectRow } from '../../../metadata/object-queries.ts';
import { versionIdOf } from '../../../metadata/version-queries.ts';
import { refuseDamaged } from '../../../objects/read-object.ts';
import { header, type S3Call, type S3Deps } from '../call.ts';
import { etagOf, lastModifiedOf } from '../entity-tag.ts';
import { findVersionRow } from '../find-version.ts';
import { unquoteEtag } from '../xml/request-documents.ts';

export interface SourceRow extends ObjectRow {
  readonly version: string;
  /** Null where the bucket never kept versions. */
  readonly sourceVersionId: string | null;
}

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  /** Null for the current version. */
  readonly versionId: string | null;
}

/** Bucket, key and version in x-amz-copy-source, which is percent-encoded. @throws InvalidArgument */
export function parseCopySource(call: Pick<S3Call, 'headers'>): CopySource {
  const text = header(call, 'x-amz-copy-source') ?? '';
  const mark = text.indexOf('?');
  const path = mark === -1 ? text : text.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : text.slice(mark + 1));
  if ([...query.keys()].some((name) => name !== 'versionId')) throw new S3Error('InvalidArgument', 'The copy source is not valid.');
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decodePercent(path));
  if (!match?.[1] || !match[2])
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey.');
  return { bucket: match[1], key: match[2], versionId: query.get('versionId') };
}

/** The object to copy, which the caller must be allowed to read. @throws NoSuchKey, NoSuchVersion, NoSuchBucket, PreconditionFailed */
export async function findCopySource(deps: S3Deps, call: S3Call): Promise<SourceRow> {
  const { bucket, key, versionId } = parseCopySource(call);
  if (key.includes('\0') || bucket.includes('\0')) throw failures.noSuchKey();
  const { row, keepsVersions } = await findVersionRow(deps, call.scope, { bucket, key, versionId });
  if (row === undefined || row.version === null) throw failures.noSuchKey();
  if (row.is_delete_marker ?? false) {
    throw new S3Error('InvalidRequest', 'The source of a copy request may not specifically refer to a delete marker by version id.');
  }
  requireConditions(call, row);
  refuseDamaged(row);
  return { ...row, version: row.version, sourceVersionId: keepsVersions ? versionIdOf(row) : null };
}

function requireConditions(call: S3Call, row: ObjectRow): void {
  const etag = unquoteEtag(etagOf(row));
  const modified = Math.floor(lastModifiedOf(row).getTime() / 1000);
  const ifMatch = header(call, 'x-amz-copy-source-if-match');
  const ifNoneMatch = header(call, 'x-amz-copy-source-if-none-match');
  const since = secondsOf(header(call, 'x-amz-copy-source-if-modified-since'));
  const unmodifiedSince = secondsOf(header(call, 'x-amz-copy-source-if-unmodified-since'));
  const fails =
    (ifMatch !== null && !namesTag(ifMatch, etag)) ||
    (ifNoneMatch !== null && namesTag(ifNoneMatch, etag)) ||
    (since !== null && ifNoneMatch === null && modified <= since) ||
    (unmodifiedSince !== null && ifMatch === null && modified > unmodifiedSince);
  if (fails) throw new S3Error('PreconditionFailed');
}

function namesTag(list: string, etag: string): boolean {
  return list.split(',').some((tag) => tag.trim() === '*' || unquoteEtag(tag.trim()) === etag);
}

function secondsOf(date: string | null): number | null {
  if (date === null) return null;
  const time = Date.parse(date);
  if (Number.isNaN(time)) throw new S3Error('InvalidArgument', 'A date of a copy condition is not valid.');
  return Math.floor(time / 1000);
}
