/** What runs at set times; each time is taken by whoever moves `next_at` on. */
export const SCHEDULES_MIGRATION = `
create table supastor.schedules (
  id uuid primary key,
  name text not null unique,
  kind text not null,
  input jsonb not null,
  cron text not null,
  time_zone text not null,
  missed text not null check (missed in ('skip', 'once')),
  is_paused boolean not null,
  pause_reason text,
  by_email text not null,
  user_id text not null,
  next_at timestamptz,
  last_at timestamptz,
  last_job_id uuid,
  last_skip text,
  created_at timestamptz not null default now(),
  check (not is_paused or next_at is null)
);
create index schedules_due on supastor.schedules (next_at) where next_at is not null;
create index jobs_running on supastor.jobs (kind) where state = 'running';
`;
