import type { EventLog, StoredEvent } from '@supastor/core/events/event-log.port';
import { explainLoss, type Query, text } from '../query.ts';

/** Channel on which servers tell each other that there are new events; the payload is the id of the newest. */
export const EVENTS_CHANNEL = 'supastor_events';

const KEEP_EVENTS = 50_000;
const KEEP_MINUTES = 60;

/** Events in `supastor.events`. */
export function createEventStore(query: Query): EventLog {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async append(drafts) {
      // One statement: the counter's row stays locked until everything here is visible.
      await ask(
        `with counter as (
           update supastor.event_state set last_id = last_id + $1::int returning last_id - $1::int as base),
         added as (
           insert into supastor.events (id, name, payload, origin)
           select base + n, name, payload, origin
           from counter, unnest($2::text[], $3::jsonb[], $4::text[]) with ordinality as t (name, payload, origin, n)
           returning id)
         select pg_notify('${EVENTS_CHANNEL}', max(id)::text) from added`,
        [
          drafts.length,
          drafts.map(({ name }) => name),
          drafts.map(({ payload }) => JSON.stringify(payload)),
          drafts.map(({ origin }) => origin),
        ],
      );
    },
    async read(afterId, limit) {
      const { rows } = await ask(
        `select s.log_id, s.last_id, s.pruned_through, e.id, e.name, e.payload, e.origin, extract(epoch from e.at) * 1000 as at_ms
         from supastor.event_state s
         left join lateral (select * from supastor.events where id > $1 order by id limit $2) e on true order by e.id`,
        [afterId, limit],
      );
      const [state] = rows;
      if (!state) throw new Error('supastor.event_state has lost its row');
      return {
        logId: text(state, 'log_id'),
        lastId: Number(state['last_id']),
        prunedThrough: Number(state['pruned_through']),
        events: rows.flatMap((row) => toEvent(row) ?? []),
      };
    },
    async prune() {
      await ask(
        `with old as (
           select greatest(
             (select last_id - ${KEEP_EVENTS} from supastor.event_state),
             (select max(id) from supastor.events where at < now() - interval '${KEEP_MINUTES} minutes')) as id),
         gone as (delete from supastor.events using old where events.id <= old.id returning events.id)
         update supastor.event_state set pruned_through = greatest(pruned_through, last) from (select max(id) as last from gone) g
         where last is not null`,
      );
    },
  };
}

/** Null for the empty row of a page without events. */
function toEvent(row: Readonly<Record<string, unknown>>): StoredEvent | null {
  if (row['id'] === null) return null;
  return {
    id: Number(row['id']),
    name: text(row, 'name'),
    payload: Object(row['payload']),
    origin: text(row, 'origin'),
    atMs: Math.round(Number(row['at_ms'])),
  };
}
