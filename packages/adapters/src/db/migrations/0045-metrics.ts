/** What was measured, as one row for each instance and interval, and how each instance was when it was asked last. */
export const METRICS_MIGRATION = `
create table supastor.metric_frames (
  step_seconds int not null,
  at timestamptz not null,
  instance text not null,
  points jsonb not null,
  primary key (step_seconds, at, instance)
);
comment on table supastor.metric_frames is 'A week of samples; fine ones become coarse ones, and rows that are past their time are removed.';
create table supastor.metric_instances (
  instance text primary key,
  job text not null,
  up boolean not null,
  at timestamptz not null,
  error text,
  reading jsonb
);
`;
