import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { findBucket } from '../../../metadata/bucket-queries.ts';
import { type VersionEntryRow, versionsByName } from '../../../metadata/version-listing-queries.ts';
import { NULL_VERSION, versionPolicies } from '../../../metadata/version-queries.ts';
import { param, type S3Call, type S3Deps, sendXml } from '../call.ts';
import { requireFound } from '../queries/buckets.ts';
import { renderDocument, type XmlTree } from '../xml/render-xml.ts';
import { boundedParam, readCommon } from './list-objects.ts';

/** GET bucket?versions: every version and delete marker, those of a key from the newest to the oldest. */
export async function listObjectVersions(deps: S3Deps, call: S3Call): Promise<void> {
  const { prefix, delimiter, maxKeys, encode } = readCommon(call);
  const keyMarker = boundedParam(call, 'key-marker');
  const versionMarker = boundedParam(call, 'version-id-marker');
  if (versionMarker !== '' && keyMarker === '') {
    throw new S3Error('InvalidArgument', 'A version-id marker cannot be specified without a key marker.');
  }
  const { bucket } = call.target;
  const listed = versionsByName({
    bucket,
    prefix,
    isExact: false,
    delimiter,
    filter: '',
    descending: false,
    skip: 0,
    limit: maxKeys + 1,
    noncurrent: 'include',
    markers: 'include',
    after: { entry: keyMarker, versionId: versionMarker },
  });
  const found = findBucket(bucket);
  await deps.reads.database.readBoth(call.scope, [...versionPolicies(call.scope), found], [listed]);
  requireFound(found);
  const rows = listed.rows.slice(0, maxKeys);
  const last = rows.at(-1);
  const isTruncated = maxKeys > 0 && listed.rows.length > maxKeys && last !== undefined;
  const entries = rows.filter((row) => !row.is_folder);
  const ownerId = deps.s3.tenantId;
  sendXml(
    call,
    renderDocument('ListVersionsResult', {
      Name: bucket,
      Prefix: encode(prefix),
      KeyMarker: encode(keyMarker),
      VersionIdMarker: versionMarker,
      ...(isTruncated ? { NextKeyMarker: encode(last.entry), ...(last.is_folder ? {} : { NextVersionIdMarker: idOf(last) }) } : {}),
      MaxKeys: maxKeys,
      ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
      EncodingType: param(call, 'encoding-type'),
      IsTruncated: isTruncated,
      Version: entries.filter((row) => row.is_delete_marker !== true).map((row) => renderVersion(row, encode, ownerId)),
      DeleteMarker: entries.filter((row) => row.is_delete_marker === true).map((row) => renderEntry(row, encode, ownerId)),
      CommonPrefixes: rows.filter((row) => row.is_folder).map((row) => ({ Prefix: encode(row.entry) })),
    }),
  );
}

function idOf({ version, is_versioned }: VersionEntryRow): string {
  return is_versioned === true && version !== null ? version : NULL_VERSION;
}

function renderEntry(row: VersionEntryRow, encode: (text: string) => string, ownerId: string): XmlTree {
  const owner = row.owner_id ?? ownerId;
  return {
    Key: encode(row.entry),
    VersionId: idOf(row),
    IsLatest: row.archived_at === null,
    LastModified: writtenAt(row).toISOString(),
    Owner: { ID: owner, DisplayName: owner },
  };
}

function renderVersion(row: VersionEntryRow, encode: (text: string) => string, ownerId: string): XmlTree {
  const etag = row.metadata?.['eTag'];
  return {
    ...renderEntry(row, encode, ownerId),
    ETag: typeof etag === 'string' ? etag : '""',
    Size: Number(row.size_bytes ?? row.metadata?.['size'] ?? 0),
    StorageClass: 'STANDARD',
  };
}

function writtenAt({ metadata, created_at: createdAt, updated_at: updatedAt }: VersionEntryRow): Date {
  const text = metadata?.['lastModified'];
  const written = typeof text === 'string' ? new Date(text) : (createdAt ?? updatedAt ?? new Date(0));
  return Number.isNaN(written.getTime()) ? (updatedAt ?? new Date(0)) : written;
}
