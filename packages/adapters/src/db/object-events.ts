import type { ObjectFeed } from '@supastor/core/objects/object-feed.port';
import type { Query } from './query.ts';

/** Ids are given out before commit, so an event may become visible after a later one: look back this far each time. */
const OVERLAP = 500;
const PAGE = 5000;
/** PostgreSQL codes for "no such table", "no such schema" and "not allowed to read it". */
const NO_FEED = new Set(['42P01', '3F000', '42501']);

/** The change record that our storage server writes in the transaction of each object (`storage.object_events`). */
export function createObjectFeed(query: Query): ObjectFeed {
  let highest: number | null = null;
  let seen = new Set<number>();

  async function readFrom(start: number): Promise<readonly string[]> {
    const { rows } = await query('select id, bucket_id from storage.object_events where id > $1 order by id limit $2', [start, PAGE]);
    const events = rows.map((row) => ({ id: Number(row['id']), bucket: String(row['bucket_id']) }));
    const fresh = events.filter(({ id }) => !seen.has(id));
    highest = Math.max(highest ?? 0, ...events.map(({ id }) => id));
    const horizon = highest - OVERLAP;
    seen = new Set([...seen, ...events.map(({ id }) => id)].filter((id) => id > horizon));
    return [...new Set(fresh.map(({ bucket }) => bucket))];
  }

  return {
    async changedBuckets() {
      try {
        if (highest !== null) return await readFrom(highest - OVERLAP);
        const { rows } = await query('select coalesce(max(id), 0) as id from storage.object_events');
        highest = Number(rows[0]?.['id'] ?? 0);
        await readFrom(highest - OVERLAP);
        return [];
      } catch (error) {
        if (error instanceof Error && 'code' in error && typeof error.code === 'string' && NO_FEED.has(error.code)) return null;
        throw error;
      }
    },
  };
}
