import type { ImportFailure } from '@supastor/contract/wire/maintenance';
import { type Step, step } from '../../metadata/step.ts';
import type { BlobFacts } from '../blob-store.port.ts';
import { PLACE_COLUMNS, type PlaceRow } from './place-queries.ts';

const PAGE = `select ${PLACE_COLUMNS} from storage.adopted_blobs where version > $1 and`;
const FACTS = `select version, size_bytes, metadata ->> 'eTag' as etag from`;
const DIGESTS = 'set sha256 = $2, crc32 = $3, size_bytes = coalesce(size_bytes, $4) where version = $1';

const SQL = {
  waiting: { name: 'adopted_waiting', text: `${PAGE} imported_at is null and orphaned_at is null order by version limit $2` },
  imported: { name: 'adopted_imported', text: `${PAGE} imported_at is not null and orphaned_at is null order by version limit $2` },
  facts: {
    name: 'adopted_facts',
    text: `${FACTS} storage.objects where version = any($1::text[])
      union all ${FACTS} storage_versions.objects where version = any($1::text[])`,
  },
  digests: { name: 'adopted_digests', text: `update storage.objects ${DIGESTS}` },
  versionDigests: { name: 'adopted_version_digests', text: `update storage_versions.objects ${DIGESTS}` },
  done: {
    name: 'adopted_done',
    text: 'update storage.adopted_blobs set imported_at = now(), failure = null where version = $1 and storage.is_referenced(version)',
  },
  failed: {
    name: 'adopted_failed',
    text: 'update storage.adopted_blobs set failure = $2 where version = $1 and imported_at is null',
  },
  counts: {
    name: 'adopted_counts',
    text: `select count(*) filter (where imported_at is null)::integer as waiting,
      count(*) filter (where imported_at is not null)::integer as imported,
      count(*) filter (where failure is not null)::integer as failed from storage.adopted_blobs where orphaned_at is null`,
  },
  failures: {
    name: 'adopted_failures',
    text: `select version, path, failure as reason from storage.adopted_blobs where failure is not null and orphaned_at is null order by version limit $1`,
  },
} as const;

/** Versions that are still to be imported, in order. */
export function listWaiting(after: string, limit: number): Step<PlaceRow> {
  return step(SQL.waiting, [after, limit]);
}

/** Versions that are imported and whose bytes are left where they were, in order. */
export function listImported(after: string, limit: number): Step<PlaceRow> {
  return step(SQL.imported, [after, limit]);
}

interface FactsRow {
  readonly version: string;
  readonly size_bytes: string | null;
  readonly etag: string | null;
}

/** What the rows of versions know of their bytes; none for versions that nothing refers to. */
export function findFacts(versions: readonly string[]): Step<FactsRow> {
  return step(SQL.facts, [versions]);
}

/** Fills in what is known of the bytes now. */
export function fillDigests(version: string, { sha256, crc32, sizeBytes }: BlobFacts): readonly Step<never>[] {
  const values = [version, sha256.toString('hex'), crc32, sizeBytes];
  return [step(SQL.digests, values), step(SQL.versionDigests, values)];
}

/** The bytes are in our layout. No row is touched when nothing refers to the version any more. */
export function markImported(version: string): Step<never> {
  return step(SQL.done, [version]);
}

export function markFailed(version: string, reason: ImportFailure): Step<never> {
  return step(SQL.failed, [version, reason]);
}

export function countAdopted(): Step<{ waiting: number; imported: number; failed: number }> {
  return step(SQL.counts);
}

export function listFailures(limit: number): Step<{ version: string; path: string; reason: ImportFailure }> {
  return step(SQL.failures, [limit]);
}
