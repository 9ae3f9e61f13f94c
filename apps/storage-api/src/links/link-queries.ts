import type { LinkQuery, LinkRevoke } from '@supastor/contract/wire/signed-link';
import { type Step, step } from '../metadata/step.ts';

/** A link as `storage.note_links` takes it; times are seconds since 1970. */
export interface LinkNote {
  readonly id: string;
  readonly bucket: string;
  readonly path: string;
  readonly scope: 'download' | 'upload';
  readonly subject: string | null;
  readonly role: string | null;
  readonly signedAt: number;
  readonly expiresAt: number;
  readonly hits: number;
  readonly usedAt: number | null;
}

export interface LinkRow {
  readonly id: string;
  readonly bucket_id: string;
  readonly path: string;
  readonly scope: 'download' | 'upload';
  readonly subject: string | null;
  readonly role: string | null;
  readonly signed_at: Date;
  readonly expires_at: Date;
  readonly hits: string;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  /** Place in the listing. */
  readonly cursor: string;
}

export interface RevocationRow {
  readonly n: string;
  readonly link_id: string | null;
  readonly bucket_id: string | null;
  readonly prefix: string | null;
  readonly is_exact: boolean;
  readonly signed_until: Date | null;
}

const SQL = {
  note: { name: 'link_note', text: 'select link_id from storage.note_links($1)' },
  revoke: { name: 'link_revoke', text: 'select storage.revoke_links($1, $2, $3, $4, $5) as revoked' },
  revocations: {
    name: 'link_revocations',
    text: `select n, link_id, bucket_id, prefix, is_exact, signed_until from storage.link_revocations
      where n > $1 and subject is null and expires_at > now() order by n`,
  },
  list: {
    name: 'link_list',
    text: `select id, bucket_id, path, scope, subject, role, signed_at, expires_at, hits, last_used_at, revoked_at,
        (extract(epoch from signed_at) * 1000000)::bigint || '.' || id as cursor
      from storage.signed_links
      where ($1::text is null or bucket_id = $1) and ($2::text is null or starts_with(path, $2)) and ($3::text is null or path = $3)
        and ($4::text is null or subject = $4)
        and case $5::text when 'live' then revoked_at is null and expires_at > now() when 'revoked' then revoked_at is not null
          when 'expired' then revoked_at is null and expires_at <= now() else true end
        and ($6::bigint is null or (signed_at, id) < (to_timestamp($6::bigint / 1000000.0), $7))
      order by signed_at desc, id desc limit $8`,
  },
  forgetLinks: {
    name: 'link_forget',
    text: `delete from storage.signed_links where id in
      (select id from storage.signed_links where expires_at < now() - make_interval(secs => $1) order by expires_at limit $2)`,
  },
  forgetRevocations: { name: 'link_forget_revocations', text: 'delete from storage.link_revocations where expires_at < now()' },
} as const;

/** Rows are the links that turned out to be revoked already. */
export function noteLinks(notes: readonly LinkNote[]): Step<{ readonly link_id: string }> {
  const rows = notes.map(({ signedAt, expiresAt, usedAt, ...same }) => ({
    ...same,
    signed_at: signedAt,
    expires_at: expiresAt,
    used_at: usedAt,
  }));
  return step(SQL.note, [JSON.stringify(rows)]);
}

export function revokeLinks({ ids, bucket, prefix, path, subject }: LinkRevoke): Step<{ readonly revoked: string }> {
  return step(SQL.revoke, [ids ?? null, bucket ?? null, prefix ?? null, path ?? null, subject ?? null]);
}

/** Revocations after the one with this number. */
export function revocationsAfter(n: string): Step<RevocationRow> {
  return step(SQL.revocations, [n]);
}

export function listLinkRows({ bucket, prefix, path, subject, state, limit, cursor }: LinkQuery): Step<LinkRow> {
  const [, micros = null, id = null] = /^(\d{1,17})\.([\w-]{22})$/.exec(cursor ?? '') ?? [];
  return step(SQL.list, [bucket ?? null, prefix ?? null, path ?? null, subject ?? null, state ?? null, micros, id, limit]);
}

export function forgetLinks(expiredSeconds: number, most: number): Step<never> {
  return step(SQL.forgetLinks, [expiredSeconds, most]);
}

export function forgetRevocations(): Step<never> {
  return step(SQL.forgetRevocations);
}
