import type { QuarantineEntry } from '@supastor/contract/wire/maintenance';
import { type Step, step } from '../metadata/step.ts';

/** `versions`: bytes by version. `files`: a path below the store. Else the table of a row. */
type QuarantinePlace = 'versions' | 'files';

export interface QuarantineRow {
  readonly id: string;
  readonly run_id: string;
  readonly place: string;
  readonly name: string;
  readonly size_bytes: string | null;
  readonly quarantined_at: Date;
}

export interface NewEntry {
  readonly id: string;
  readonly runId: string;
  readonly place: QuarantinePlace;
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

const COLUMNS = 'id, run_id, place, name, size_bytes, quarantined_at';

const SQL = {
  add: {
    name: 'quarantine_add',
    text: `insert into storage.quarantine (id, run_id, place, name, size_bytes, modified_at)
      select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[])`,
  },
  forget: { name: 'quarantine_forget', text: 'delete from storage.quarantine where id = any($1::uuid[])' },
  find: { name: 'quarantine_find', text: `select ${COLUMNS} from storage.quarantine where id = any($1::uuid[])` },
  findVersion: {
    name: 'quarantine_find_version',
    text: `select ${COLUMNS} from storage.quarantine where place = 'versions' and name = $1`,
  },
  list: {
    name: 'quarantine_list',
    text: `select ${COLUMNS} from storage.quarantine where $1::uuid is null or run_id = $1::uuid order by quarantined_at desc, id limit $2`,
  },
  due: {
    name: 'quarantine_due',
    text: `select ${COLUMNS} from storage.quarantine where quarantined_at < now() - make_interval(secs => $1)
      order by quarantined_at limit 500`,
  },
  rows: { name: 'quarantine_rows', text: 'select storage.quarantine_rows($1, $2::text[]) as moved' },
  restoreRow: { name: 'quarantine_restore_row', text: 'select storage.restore_missing_row($1)' },
  unknown: {
    name: 'versions_unknown',
    text: `select v as version from unnest($1::text[]) v where not storage.is_referenced(v)
      and not exists (select from storage.retired_blobs r where r.version = v)`,
  },
} as const;

export function addEntries(entries: readonly NewEntry[]): Step<never> {
  const column = <K extends keyof NewEntry>(name: K) => entries.map((entry) => entry[name]);
  return step(SQL.add, [column('id'), column('runId'), column('place'), column('name'), column('sizeBytes'), column('modifiedAt')]);
}

export function forgetEntries(ids: readonly string[]): Step<never> {
  return step(SQL.forget, [ids]);
}

export function findEntries(ids: readonly string[]): Step<QuarantineRow> {
  return step(SQL.find, [ids]);
}

export function findVersionEntries(version: string): Step<QuarantineRow> {
  return step(SQL.findVersion, [version]);
}

/** Newest first. */
export function listEntries(runId: string | null, limit: number): Step<QuarantineRow> {
  return step(SQL.list, [runId, limit]);
}

export function findDueEntries(keptSeconds: number): Step<QuarantineRow> {
  return step(SQL.due, [keptSeconds]);
}

/** Moves the rows that refer to these versions into the quarantine. */
export function quarantineRows(runId: string, versions: readonly string[]): Step<{ moved: string }> {
  return step(SQL.rows, [runId, versions]);
}

export function restoreRow(id: string): Step<unknown> {
  return step(SQL.restoreRow, [id]);
}

/** Versions that neither a row nor the list of retired ones knows. */
export function findUnknownVersions(versions: readonly string[]): Step<{ version: string }> {
  return step(SQL.unknown, [versions]);
}

export function presentEntry(row: QuarantineRow, keptSeconds: number): QuarantineEntry {
  return {
    id: row.id,
    runId: row.run_id,
    place: row.place,
    name: row.name,
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    quarantinedAt: row.quarantined_at.toISOString(),
    expiresAt: new Date(row.quarantined_at.getTime() + keptSeconds * 1000).toISOString(),
  };
}
