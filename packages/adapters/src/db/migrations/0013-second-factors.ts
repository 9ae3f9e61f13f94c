/** Second factors: secrets sealed, recovery codes as hashes; and whether more than a password has opened a session. */
export const SECOND_FACTORS_MIGRATION = `
create table supastor.second_factors (
  user_id text primary key references supastor.users on delete cascade,
  secret_sealed text not null,
  -- The last time step whose code was used.
  last_step bigint not null default 0,
  confirmed_at timestamptz
);
create table supastor.recovery_codes (
  user_id text not null references supastor.second_factors on delete cascade,
  code_hash text not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
alter table supastor.sessions add strong boolean not null default false;
`;
