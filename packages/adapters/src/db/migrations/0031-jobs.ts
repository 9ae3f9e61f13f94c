/** Long-running work of the control plane; the queue only says which job is next. */
export const JOBS_MIGRATION = `
create table supastor.jobs (
  id uuid primary key,
  kind text not null,
  title text not null,
  input jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  is_cancelling boolean not null default false,
  done bigint not null default 0,
  total bigint,
  message text,
  checkpoint jsonb,
  result jsonb,
  error_code text,
  error_message text,
  by_email text not null,
  attempts integer not null default 0,
  worker text,
  schedule text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  told_at timestamptz not null default now()
);
create index jobs_newest on supastor.jobs (created_at desc, id desc);
create index jobs_open on supastor.jobs (state) where state in ('queued', 'running');
create index jobs_over on supastor.jobs (finished_at) where finished_at is not null;
`;
