import type { Migration } from './migration.ts';

/**
 * Signed links that were made or used, and what was revoked of them. A link is named by a digest of what was signed. Revocations have
 * numbers in the order of their commits, because `storage.revoke_links` hands them out under a lock: who has read up to one has all before.
 * Links are noted a moment after they are made; the same lock sees to it that none slips between a note and a revocation.
 */
export const signedLinks: Migration = {
  name: '0090-signed-links',
  sql: `
create table storage.signed_links (
  id text collate "C" primary key,
  bucket_id text not null,
  path text collate "C" not null,
  scope text not null check (scope in ('download', 'upload')),
  subject text,
  role text,
  signed_at timestamptz not null,
  expires_at timestamptz not null,
  hits bigint not null default 0,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index signed_links_newest on storage.signed_links (signed_at desc, id desc);
create index signed_links_place on storage.signed_links (bucket_id, path, signed_at desc);
create index signed_links_subject on storage.signed_links (subject, signed_at desc) where subject is not null;
create index signed_links_expiry on storage.signed_links (expires_at);
alter table storage.signed_links enable row level security;
revoke all on storage.signed_links from public;

create table storage.link_revocations (
  n bigint generated always as identity primary key,
  -- One link, or else every link below a prefix of a bucket that was signed until then, or every link of a subject that is not noted yet.
  link_id text collate "C",
  bucket_id text,
  prefix text,
  is_exact boolean not null default false,
  subject text,
  signed_until timestamptz,
  -- After this no link that it could be about is alive.
  expires_at timestamptz not null,
  check (num_nonnulls(link_id, bucket_id, subject) = 1)
);
create index link_revocations_subject on storage.link_revocations (subject) where subject is not null;
create index link_revocations_expiry on storage.link_revocations (expires_at);
alter table storage.link_revocations enable row level security;
revoke all on storage.link_revocations from public;

create function storage.revoke_links(ids text[], in_bucket text, below text, exactly text, by_subject text) returns bigint
language plpgsql set search_path = '' as $body$
declare
  revoked bigint;
  moment timestamptz := pg_catalog.clock_timestamp();
begin
  perform pg_catalog.pg_advisory_xact_lock(730517, 90);
  with hit as (
    update storage.signed_links l set revoked_at = moment
    where l.revoked_at is null and l.expires_at > moment
      and (ids is null or l.id = any (ids))
      and (in_bucket is null or l.bucket_id = in_bucket)
      and (below is null or pg_catalog.starts_with(l.path, below))
      and (exactly is null or l.path = exactly)
      and (by_subject is null or l.subject = by_subject)
    returning l.id, l.expires_at
  ), added as (
    insert into storage.link_revocations (link_id, expires_at) select hit.id, hit.expires_at from hit returning 1
  )
  select pg_catalog.count(*) into revoked from added;
  -- Tokens know the second in which they were signed, so the whole of it counts.
  if ids is null and by_subject is null then
    insert into storage.link_revocations (bucket_id, prefix, is_exact, signed_until, expires_at)
    values (in_bucket, coalesce(exactly, below, ''), exactly is not null, moment, 'infinity');
  elsif ids is null and in_bucket is null then
    insert into storage.link_revocations (subject, signed_until, expires_at) values (by_subject, moment, moment + interval '1 hour');
  end if;
  return revoked;
end $body$;
revoke all on function storage.revoke_links(text[], text, text, text, text) from public;

-- Answers the links among them whose subject was revoked while they waited to be noted.
create function storage.note_links(added jsonb) returns table (link_id text) language plpgsql set search_path = '' as $body$
begin
  perform pg_catalog.pg_advisory_xact_lock_shared(730517, 90);
  insert into storage.signed_links as l (id, bucket_id, path, scope, subject, role, signed_at, expires_at, hits, last_used_at)
  select a.id, a.bucket, a.path, a.scope, a.subject, a.role, pg_catalog.to_timestamp(a.signed_at), pg_catalog.to_timestamp(a.expires_at),
    a.hits, pg_catalog.to_timestamp(a.used_at)
  from pg_catalog.jsonb_to_recordset(added) as a(
    id text, bucket text, path text, scope text, subject text, role text, signed_at float8, expires_at float8, hits bigint, used_at float8)
  order by a.id
  on conflict (id) do update set
    subject = coalesce(l.subject, excluded.subject), role = coalesce(l.role, excluded.role),
    hits = l.hits + excluded.hits, last_used_at = greatest(l.last_used_at, excluded.last_used_at);
  return query select l.id from pg_catalog.jsonb_to_recordset(added) as a(id text)
    join storage.signed_links l on l.id = a.id and l.revoked_at is null
    join storage.link_revocations r on r.subject = l.subject and l.signed_at <= r.signed_until;
end $body$;
revoke all on function storage.note_links(jsonb) from public;
`,
};
