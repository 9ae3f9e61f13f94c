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

/** The version has nothing in the original's store any more. */
export function forgetPlace(version: string): Step<never> {
  return step(SQL.forget, [version]);
}

export function toPlace({ bucket_id: bucket, name, upstream_version: version }: PlaceRow): UpstreamPlace {
  return { bucket, name, version };
}
