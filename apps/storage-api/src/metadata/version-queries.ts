import type { ObjectRow } from './object-queries.ts';
import type { Scope } from './scope.ts';
import { type Step, step } from './step.ts';

export type VersioningStatus = 'DISABLED' | 'ENABLED' | 'SUSPENDED';

/** A version of an object: the current one, one that was replaced, or a delete marker. */
export interface VersionRow extends ObjectRow {
  readonly version: string;
  /** When it was replaced; null for the current one. */
  readonly archived_at: Date | null;
  readonly is_delete_marker: boolean;
}

/** One version of one key. `null` names the version written while versioning was not enabled. */
export interface VersionTarget {
  readonly key: string;
  readonly versionId: string;
}

/** Role that policies do not bind. */
export const UNBOUND_ROLE = 'service_role';
export const NULL_VERSION = 'null';

const COLUMNS = `id, name, bucket_id, owner, owner_id, version, created_at, updated_at, last_accessed_at, metadata, user_metadata,
  size_bytes, sha256, crc32, damaged_version, is_versioned, archived_at, is_delete_marker`;
const NAMED = `w.version_id = v.version or (w.version_id = '${NULL_VERSION}' and not v.is_versioned)`;
const WANTED = `using unnest($2::text[], $3::text[]) as w(name, version_id) where v.bucket_id = $1 and v.name = w.name and (${NAMED})
  returning v.id, v.name, v.bucket_id, v.owner, v.owner_id, v.version, v.created_at, v.updated_at, v.last_accessed_at, v.metadata,
  v.user_metadata, v.size_bytes, v.sha256, v.crc32, v.damaged_version, v.is_versioned, v.archived_at, v.is_delete_marker`;

const SQL = {
  find: {
    name: 'version_find',
    text: ['storage.objects', 'storage_versions.objects']
      .map(
        (table) => `select ${COLUMNS} from ${table}
          where bucket_id = $1 and name = $2 and (version = $3 or ($3 = '${NULL_VERSION}' and not is_versioned))`,
      )
      .join(' union all '),
  },
  markers: {
    name: 'version_markers',
    text: `select b.versioning_status, m.id, m.name, m.bucket_id, m.owner, m.owner_id, m.version, m.created_at, m.updated_at,
        m.last_accessed_at, m.metadata, m.user_metadata, m.size_bytes, m.sha256, m.crc32, m.damaged_version, m.is_versioned, m.archived_at, m.is_delete_marker
      from storage.buckets b left join storage_versions.objects m
        on m.bucket_id = b.id and m.name = any($2::text[]) and m.archived_at is null
      where b.id = $1 and b.versioning_status <> 'DISABLED'`,
  },
  marker: {
    name: 'version_marker',
    text: `select ${COLUMNS} from storage_versions.objects
      where bucket_id = $1 and name = $2 and archived_at is null and is_delete_marker`,
  },
  visible: {
    name: 'versions_visible',
    text: ['storage.objects', 'storage_versions.objects']
      .map(
        (table) => `select w.name, w.version_id from ${table} v, unnest($2::text[], $3::text[]) as w(name, version_id)
          where v.bucket_id = $1 and v.name = w.name and (${NAMED})`,
      )
      .join(' union all '),
  },
  written: {
    name: 'version_written',
    text: 'select version, is_versioned from storage.objects where bucket_id = $1 and name = $2 and version = $3',
  },
  setTags: {
    name: 'version_set_tags',
    text: `update storage_versions.objects
      set metadata = jsonb_set(coalesce(metadata, '{}'), '{s3}', coalesce(metadata -> 's3', '{}') || jsonb_build_object('tags', $4::jsonb))
      where bucket_id = $1 and name = $2 and version = $3`,
  },
  removeKept: { name: 'version_remove_kept', text: `delete from storage_versions.objects v ${WANTED}` },
  removeCurrent: { name: 'version_remove_current', text: `delete from storage.objects v ${WANTED}` },
  removeSome: {
    name: 'version_remove_some',
    text: `delete from storage_versions.objects where seq in (
      select seq from storage_versions.objects where bucket_id = $1 order by seq limit $2)`,
  },
  any: { name: 'version_any', text: 'select version from storage_versions.objects where bucket_id = $1 limit 1' },
  syncPolicies: { name: 'version_sync_policies', text: 'select storage.sync_version_policies()' },
  lockKeys: { name: 'version_lock_keys', text: 'select storage.lock_keys($1, $2::text[])' },
  mode: { name: 'version_mode', text: 'select storage.set_version_mode($1)' },
  markAbsent: { name: 'version_mark_absent', text: `select ${COLUMNS} from storage.mark_absent($1, $2::text[])` },
  tryMarkers: { name: 'version_try_markers', text: 'select storage.try_markers($1, $2::text[], $3::text[], $4)' },
  deleteTried: {
    name: 'version_delete_tried',
    text: 'delete from storage_versions.objects where bucket_id = $1 and version = any($2::text[]) returning name',
  },
  require: { name: 'version_require', text: 'select storage.require_version($1, $2, $3)' },
  requireGone: { name: 'version_require_gone', text: 'select storage.require_version_gone($1, $2, $3)' },
  settleMarkers: {
    name: 'version_settle_markers',
    text: `select ${COLUMNS} from storage.settle_markers($1, $2::text[], $3::text[])`,
  },
} as const;

export function findVersion(bucket: string, { key, versionId }: VersionTarget): Step<VersionRow> {
  return step(SQL.find, [bucket, key, versionId]);
}

export interface MarkerRow extends VersionRow {
  readonly versioning_status: VersioningStatus;
}

/** Current delete markers of `keys`. One row without a name when there are none; no row at all where versioning was never enabled. */
export function findMarkers(bucket: string, keys: readonly string[]): Step<MarkerRow | { readonly name: null }> {
  return step(SQL.markers, [bucket, keys]);
}

/** The delete marker that hides a key, if the caller may see it. */
export function findMarker(bucket: string, key: string): Step<VersionRow> {
  return step(SQL.marker, [bucket, key]);
}

/** Those of `targets` that exist and may be seen. */
export function findVisibleVersions(bucket: string, targets: readonly VersionTarget[]): Step<{ name: string; version_id: string }> {
  return step(SQL.visible, [bucket, targets.map(({ key }) => key), targets.map(({ versionId }) => versionId)]);
}

/** What clients are to call a version that the same transaction has written. */
export function findWritten(bucket: string, key: string, version: string): Step<Pick<VersionRow, 'version' | 'is_versioned'>> {
  return step(SQL.written, [bucket, key, version]);
}

/** Replaces the tags of a version that is not current; `rowCount` is 0 when it does not exist or may not be updated. */
export function setVersionTags(bucket: string, { key, versionId }: VersionTarget, tags: Readonly<Record<string, string>>): Step<never> {
  return step(SQL.setTags, [bucket, key, versionId, JSON.stringify(tags)]);
}

/** Removes versions that were replaced, and delete markers, for good. */
export function removeKeptVersions(bucket: string, targets: readonly VersionTarget[]): Step<VersionRow> {
  return step(SQL.removeKept, [bucket, targets.map(({ key }) => key), targets.map(({ versionId }) => versionId)]);
}

/** Removes current objects, provided that they still are these versions. What becomes of them depends on {@link versionMode}. */
export function removeCurrentVersions(bucket: string, targets: readonly VersionTarget[]): Step<VersionRow> {
  return step(SQL.removeCurrent, [bucket, targets.map(({ key }) => key), targets.map(({ versionId }) => versionId)]);
}

/** Removes up to `limit` versions that are not current objects, the oldest first. */
export function removeSomeVersions(bucket: string, limit: number): Step<never> {
  return step(SQL.removeSome, [bucket, limit]);
}

export function findAnyVersion(bucket: string): Step<{ version: string }> {
  return step(SQL.any, [bucket]);
}

/** What is to go in front of statements on versions as `scope`: the policies of objects decide over them as they are now. */
export function versionPolicies({ role }: Scope): readonly Step<unknown>[] {
  return role === UNBOUND_ROLE ? [] : [step(SQL.syncPolicies)];
}

/** Locks keys against others who remove their versions for good or make their first row. As the service's own role, before all else. */
export function lockKeys(bucket: string, keys: readonly string[]): Step<unknown> {
  return step(SQL.lockKeys, [bucket, keys]);
}

/**
 * What deletions mean for the rest of the transaction: `permanent`, the version before the removed one becomes current;
 * `purge`, nothing does; empty, what the bucket's versioning says.
 */
export function versionMode(mode: '' | 'permanent' | 'purge'): Step<unknown> {
  return step(SQL.mode, [mode]);
}

/** Puts delete markers on those of `keys` that have no current object, and returns them. As the service's own role. */
export function markAbsent(bucket: string, keys: readonly string[]): Step<VersionRow> {
  return step(SQL.markAbsent, [bucket, keys]);
}

/** Fails the transaction unless the key has this version, which then stays until its end. As the service's own role. */
export function requireVersion(bucket: string, { key, versionId }: VersionTarget): Step<unknown> {
  return step(SQL.require, [bucket, key, versionId]);
}

/** Fails the transaction with AccessDenied when the key still has this version. As the service's own role. */
export function requireVersionGone(bucket: string, { key, versionId }: VersionTarget): Step<unknown> {
  return step(SQL.requireGone, [bucket, key, versionId]);
}

export interface MarkerTrial {
  /** As the service's own role, before the caller's. */
  readonly before: Step<unknown>;
  /** As the caller. */
  readonly trial: Step<unknown>;
  /** As the service's own role again. */
  readonly after: Step<VersionRow>;
}

/** {@link markAbsent} for keys on which the caller may delete a marker of its own. `versions`: a fresh id for each key. */
export function markAbsentAs({ subject }: Scope, bucket: string, keys: readonly string[], versions: readonly string[]): MarkerTrial {
  return {
    before: step(SQL.tryMarkers, [bucket, keys, versions, subject]),
    trial: step(SQL.deleteTried, [bucket, versions]),
    after: step(SQL.settleMarkers, [bucket, keys, versions]),
  };
}

/** The id by which S3 clients name a version. */
export function versionIdOf({ version, is_versioned: isVersioned }: Pick<ObjectRow, 'version' | 'is_versioned'>): string {
  return isVersioned && version !== null ? version : NULL_VERSION;
}
