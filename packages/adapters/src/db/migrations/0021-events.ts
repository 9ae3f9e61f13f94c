/**
 * What happened, for the live connections of every server. The one row of `event_state` is the counter: whoever adds events
 * holds its lock until commit, so ids have no gaps and become visible in their order, and no reader can pass one by.
 */
export const EVENTS_MIGRATION = `
create table supastor.event_state (
  one boolean primary key default true check (one),
  log_id text not null default replace(gen_random_uuid()::text, '-', ''),
  last_id bigint not null default 0,
  pruned_through bigint not null default 0,
  object_cursor bigint
);
insert into supastor.event_state default values;

create table supastor.events (
  id bigint primary key,
  name text not null,
  payload jsonb not null,
  origin text not null,
  at timestamptz not null default clock_timestamp()
);
`;
