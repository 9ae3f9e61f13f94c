/** Alerts and silences, and notices that wait for a channel. */
export const ALERTS_MIGRATION = `
create table supastor.alerts (
  id uuid primary key,
  rule text not null,
  subject text,
  severity text not null,
  state text not null check (state in ('pending', 'firing', 'resolved')),
  summary text not null,
  value float8 not null,
  since timestamptz not null,
  last_breach_at timestamptz not null,
  fired_at timestamptz,
  resolved_at timestamptz,
  acknowledged_by text,
  acknowledged_at timestamptz,
  note text,
  told_at timestamptz
);
create unique index alerts_open on supastor.alerts (rule, coalesce(subject, '')) where state <> 'resolved';
create index alerts_newest on supastor.alerts (since desc, id desc);
create table supastor.alert_silences (
  id uuid primary key,
  rule text,
  subject text,
  reason text not null,
  created_by text not null,
  created_at timestamptz not null,
  until timestamptz not null
);
create table supastor.alert_notices (
  id bigint generated always as identity primary key,
  channel text not null,
  notice jsonb not null,
  created_at timestamptz not null default now(),
  due_at timestamptz not null,
  attempts int not null default 0,
  error text
);
create index alert_notices_due on supastor.alert_notices (channel, due_at);
`;
