/** Requests counted by all servers. Unlogged: after a crash of Postgres counting starts anew. */
export const RATE_WINDOWS_MIGRATION = `
create unlogged table supastor.rate_windows (
  key text not null,
  window_no bigint not null,
  hits int not null,
  primary key (key, window_no)
);
`;
