import type { LinkPage, LinkQuery, LinkRevoke, SignedLink } from '@supastor/contract/wire/signed-link';
import type { Database } from '../metadata/database.ts';
import type { LinkLedger } from './link-ledger.ts';
import { type LinkRow, listLinkRows, revokeLinks } from './link-queries.ts';

interface LinksDeps {
  readonly database: Database;
  readonly links: LinkLedger;
}

/** Links that fit, newest first. */
export async function listLinks({ database, links }: LinksDeps, query: LinkQuery): Promise<LinkPage> {
  await links.flush();
  const found = listLinkRows({ ...query, limit: query.limit + 1 });
  await database.read(found);
  const page = found.rows.slice(0, query.limit);
  return { links: page.map(present), nextCursor: found.rows.length > page.length ? (page.at(-1)?.cursor ?? null) : null };
}

/** Refuses every link that fits from now on, within a second on every server; answers how many of them were alive. */
export async function revoke({ database, links }: LinksDeps, selection: LinkRevoke): Promise<{ readonly revoked: number }> {
  await links.flush();
  const done = revokeLinks(selection);
  await database.transact({ steps: [done] });
  links.revoked();
  return { revoked: Number(done.rows[0]?.revoked ?? 0) };
}

function present(row: LinkRow): SignedLink {
  const { id, path, scope, subject, role } = row;
  return {
    id,
    bucket: row.bucket_id,
    path,
    scope,
    subject,
    role,
    signedAt: row.signed_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    hits: Number(row.hits),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
