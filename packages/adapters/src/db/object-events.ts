import type { LeaseStore } from '@supastor/core/locks/lease.port';
import type { ObjectFeed } from '@supastor/core/objects/object-feed.port';
import { codeOf, type Query, text, textOrNull } from './query.ts';

export interface ObjectFeedOptions {
  /** Reads `storage.object_events`, which may not be there. */
  readonly query: Query;
  /** Reads and writes the schema `supastor`. */
  readonly ownQuery: Query;
  readonly leases: LeaseStore;
  /** Names this server. */
  readonly owner: string;
}

const LEASE = 'object feed';
/** Another server goes on this long after one has died. */
const LEASE_MS = 5000;
/** PostgreSQL codes for "no such table", "no such schema" and "not allowed to read it". */
const NO_FEED = new Set(['42P01', '3F000', '42501']);

/**
 * How far the feed is read. Ids are given out before commit, so an event may become visible after a later one: rows past the cursor
 * are counted again each time, per bucket, and the cursor follows once nobody who could still add a row before it is left.
 */
interface Reading {
  cursor: number;
  /** Rows past the cursor at the last look. */
  counts: ReadonlyMap<string, number>;
  /** The cursor may go to `id` when all transactions before `mark` are over. */
  next: { readonly id: number; readonly mark: bigint } | null;
  saved: number | null;
}

/** The change record that our storage server writes in the transaction of each object (`storage.object_events`). One server reads it for all. */
export function createObjectFeed({ query, ownQuery, leases, owner }: ObjectFeedOptions): ObjectFeed {
  let reading: Reading | null = null;

  async function begin(): Promise<Reading> {
    const { rows: high } = await query('select coalesce(max(id), 0) as id from storage.object_events');
    const { rows } = await ownQuery(
      'update supastor.event_state set object_cursor = coalesce(least(object_cursor, $1), $1) returning object_cursor',
      [Number(high[0]?.['id'] ?? 0)],
    );
    const cursor = Number(rows[0]?.['object_cursor'] ?? 0);
    return { cursor, counts: new Map(), next: null, saved: cursor };
  }

  /** What was reported at earlier looks is stored by now: whoever goes on starts there. */
  async function save(now: Reading): Promise<void> {
    if (now.saved === now.cursor) return;
    await ownQuery('update supastor.event_state set object_cursor = $1', [now.cursor]);
    now.saved = now.cursor;
  }

  async function look(now: Reading): Promise<readonly string[]> {
    await save(now);
    const { cursor, next } = now;
    // The mark is a transaction id of its own, newer than any that has written up to `high`; quiet times use up none.
    const { rows } = await query(
      `select s.*, case when high > $2 then pg_current_xact_id()::text end as mark, b.* from (
         select pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
           (select coalesce(max(id), 0) from storage.object_events) as high) s
       left join (
         select bucket_id, count(*)::int as rows, count(*) filter (where id > $2)::int as rows_after
         from storage.object_events where id > $1 group by bucket_id) b on true`,
      [cursor, next?.id ?? cursor],
    );
    const [state = {}] = rows;
    const buckets = rows.filter((row) => row['bucket_id'] !== null);
    const changed = buckets.filter((row) => Number(row['rows']) > (now.counts.get(text(row, 'bucket_id')) ?? 0));
    const isSettled = next !== null && BigInt(text(state, 'xmin')) >= next.mark;
    if (isSettled) now.cursor = next.id;
    now.counts = new Map(buckets.map((row) => [text(row, 'bucket_id'), Number(row[isSettled ? 'rows_after' : 'rows'])]));
    if (isSettled) now.next = null;
    const mark = textOrNull(state, 'mark');
    if (now.next === null && mark !== null) now.next = { id: Number(state['high']), mark: BigInt(mark) };
    return changed.map((row) => text(row, 'bucket_id'));
  }

  return {
    async changedBuckets() {
      try {
        if (!(await leases.acquire(LEASE, owner, LEASE_MS))) {
          reading = null;
          return [];
        }
        reading ??= await begin();
        return await look(reading);
      } catch (error) {
        if (NO_FEED.has(codeOf(error) ?? '')) return null;
        throw error;
      }
    },
  };
}
