/** How people have arranged the dashboard for themselves. */
export const PREFERENCES_MIGRATION = `
create table supastor.preferences (
  user_id text primary key references supastor.users on delete cascade,
  document jsonb not null,
  changed_at timestamptz not null default now()
);
`;
