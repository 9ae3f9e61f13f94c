import { type Step, step } from '../../metadata/step.ts';
import type { UpstreamPlace } from './upstream-source.port.ts';

/** A version that the original has stored. */
export interface PlaceRow {
  readonly version: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly upstream_version: string | null;
  readonly is_imported: boolean;
  readonly failure: string | null;
}

export const PLACE_COLUMNS = 'version, bucket_id, name, upstream_version, imported_at is not null as is_imported, failure';
/** Without it, the bytes may be another version's too: the oldest layout knew none, and the newer one nests them below the name. */
const ALONE = `not exists (select from storage.adopted_blobs other where other.path = this.path and other.version <> this.version)`;

const SQL = {
  find: { name: 'upstream_place', text: `select ${PLACE_COLUMNS} from storage.adopted_blobs where version = $1` },
  alone: {
    name: 'upstream_place_alone',
    text: `select ${ALONE} as is_alone from storage.adopted_blobs this where version = $1`,
  },
  waiting: {
    name: 'upstream_places_waiting',
    text: 'select version from storage.adopted_blobs where version = any($1::text[]) and imported_at is null',
  },
  quarantined: {
    name: 'upstream_version_quarantined',
    text: `select version from unnest($1::text[]) version where exists (
      select from storage.quarantine where content ->> 'version' = version)`,
  },
  orphan: { name: 'upstream_place_orphan', text: 'update storage.adopted_blobs set orphaned_at = now() where version = $1' },
  orphaned: {
    name: 'upstream_places_orphaned',
    text: `select version, storage.is_referenced(version) as is_referenced from storage.adopted_blobs a where orphaned_at is not null
      and not exists (select from storage.retired_blobs r where r.version = a.version)
      order by orphaned_at limit $1`,
  },
  reclaim: { name: 'upstream_place_reclaim', text: 'update storage.adopted_blobs set orphaned_at = null where version = any($1::text[])' },
  forget: { name: 'upstream_place_forget', text: 'delete from storage.adopted_blobs where version = $1' },
} as const;

export function findPlace(version: string): Step<PlaceRow> {
  return step(SQL.find, [version]);
}

/** Whether no other version lies in the same place. */
export function isPlaceAlone(version: string): Step<{ is_alone: boolean }> {
  return step(SQL.alone, [version]);
}

/** Which of `versions` have their bytes only where the original has put them. */
export function findWaiting(versions: readonly string[]): Step<{ version: string }> {
  return step(SQL.waiting, [versions]);
}

/** Which of `versions` a row in the quarantine refers to, and may refer to again. */
export function findQuarantined(versions: readonly string[]): Step<{ version: string }> {
  return step(SQL.quarantined, [versions]);
}

/** The version is gone, and its bytes are to be removed later; or it is in the quarantine. */
export function orphanPlace(version: string): Step<never> {
  return step(SQL.orphan, [version]);
}

/** Those that were looked at longest ago first. */
export function listOrphaned(limit: number): Step<{ version: string; is_referenced: boolean }> {
  return step(SQL.orphaned, [limit]);
}

/** Rows refer to the versions again. */
export function reclaimPlaces(versions: readonly string[]): Step<never> {
  return step(SQL.reclaim, [versions]);
}

/** The version has nothing in the original's store any more. */
export function forgetPlace(version: string): Step<never> {
  return step(SQL.forget, [version]);
}

export function toPlace({ bucket_id: bucket, name, upstream_version: version }: PlaceRow): UpstreamPlace {
  return { bucket, name, version };
}
