import type { RevocationStore, RevokedEntry } from '@supastor/core/access/revoked-sessions';
import type { SessionStore, StoredSession } from '@supastor/core/access/session-registry';
import { BREAK_GLASS_ID } from '@supastor/core/access/user.port';
import { explainLoss, type Query, text, textOrNull } from './query.ts';

/** Channel on which servers tell each other that a session was revoked; the payload is `<expiry in ms> <id>`. */
export const REVOKED_CHANNEL = 'supastor_session_revoked';

/** How long sessions are kept after they have expired. */
const KEEP_DAYS = 30;

/** Columns of `supastor.sessions s`, as {@link toSession} reads them. */
export const SESSION_COLUMNS = `s.id, s.user_id, s.email, s.device, s.ip, s.strong, extract(epoch from s.created_at) * 1000 as created_ms,
  extract(epoch from s.last_seen_at) * 1000 as seen_ms, extract(epoch from s.expires_at) * 1000 as expires_ms`;

/** Sessions in `supastor.sessions`. */
export function createSessionStore(query: Query): SessionStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async add(sessions) {
      await query(
        `insert into supastor.sessions (id, user_id, email, device, ip, created_at, last_seen_at, expires_at, strong)
         select id, user_id, email, device, ip, to_timestamp(created / 1000), to_timestamp(seen / 1000), to_timestamp(expires / 1000), strong
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[], $8::text[],
           $9::boolean[]) as t (id, email, device, ip, created, seen, expires, user_id, strong)
         on conflict (id) do nothing`,
        [
          sessions.map(({ id }) => id),
          sessions.map(({ email }) => email),
          sessions.map(({ device }) => device),
          sessions.map(({ ip }) => ip),
          sessions.map(({ createdAtMs }) => createdAtMs),
          sessions.map(({ lastSeenAtMs }) => lastSeenAtMs),
          sessions.map(({ expiresAtMs }) => expiresAtMs),
          sessions.map(({ userId }) => userId),
          sessions.map(({ strong }) => strong),
        ],
      );
      await query(`delete from supastor.sessions where expires_at < now() - interval '${KEEP_DAYS} days'`);
    },
    async seen(sightings) {
      await query(
        `update supastor.sessions s set ip = t.ip, last_seen_at = greatest(s.last_seen_at, to_timestamp(t.seen / 1000))
         from unnest($1::text[], $2::text[], $3::float8[]) as t (id, ip, seen) where s.id = t.id and s.ended_at is null`,
        [sightings.map(({ id }) => id), sightings.map(({ ip }) => ip), sightings.map(({ lastSeenAtMs }) => lastSeenAtMs)],
      );
    },
    async list(userId) {
      const { rows } = await ask(
        `select ${SESSION_COLUMNS} from supastor.sessions s
         where ended_at is null and expires_at > now() and ($1::text is null or coalesce(user_id, '${BREAK_GLASS_ID}') = $1)
         order by last_seen_at desc limit 1000`,
        [userId],
      );
      return rows.map(toSession);
    },
    async usersOf(id) {
      const { rows } = await ask(
        `select distinct coalesce(user_id, '${BREAK_GLASS_ID}') as user_id from supastor.sessions
         where ended_at is null and expires_at > now() and ($1::text is null or id = $1)`,
        [id],
      );
      return rows.map((row) => text(row, 'user_id'));
    },
    async end(ids) {
      await ask('update supastor.sessions set ended_at = now() where ended_at is null and id = any($1::text[])', [ids]);
    },
    async endOfUsers(userIds, id, except) {
      const { rows } = await ask(
        `update supastor.sessions s set ended_at = now()
         where ended_at is null and expires_at > now() and coalesce(user_id, '${BREAK_GLASS_ID}') = any($1::text[])
           and id is distinct from $2 and ($3::text is null or id = $3)
         returning ${SESSION_COLUMNS}`,
        [userIds, except, id],
      );
      return rows.map(toSession);
    },
  };
}

/** Revocations in `supastor.revoked_sessions`, announced to the other servers. */
export function createRevocationStore(query: Query): RevocationStore {
  return {
    async load() {
      const { rows } = await query(
        'select session_id, extract(epoch from expires_at) * 1000 as expires_at_ms from supastor.revoked_sessions where expires_at > now()',
      );
      return rows.map((row) => ({ sessionId: text(row, 'session_id'), expiresAtMs: Number(row['expires_at_ms']) }));
    },
    async add(entries) {
      await query(
        `with added as (
           insert into supastor.revoked_sessions (session_id, expires_at)
           select id, to_timestamp(ms / 1000.0) from unnest($1::text[], $2::float8[]) as t (id, ms)
           on conflict (session_id) do nothing)
         select pg_notify('${REVOKED_CHANNEL}', ms::bigint || ' ' || id) from unnest($1::text[], $2::float8[]) as t (id, ms)`,
        [entries.map((entry) => entry.sessionId), entries.map((entry) => entry.expiresAtMs)],
      );
      await query('delete from supastor.revoked_sessions where expires_at < now()');
    },
  };
}

/** Reads what {@link REVOKED_CHANNEL} carries; null when it is not ours. */
export function parseRevocation(payload: string): RevokedEntry | null {
  const found = /^(\d+) (.+)$/.exec(payload);
  return found?.[1] !== undefined && found[2] !== undefined ? { sessionId: found[2], expiresAtMs: Number(found[1]) } : null;
}

/** A session out of a row. */
export function toSession(row: Readonly<Record<string, unknown>>): StoredSession {
  return {
    id: text(row, 'id'),
    userId: textOrNull(row, 'user_id') ?? BREAK_GLASS_ID,
    email: text(row, 'email'),
    device: textOrNull(row, 'device'),
    ip: text(row, 'ip'),
    strong: row['strong'] === true,
    createdAtMs: Number(row['created_ms']),
    lastSeenAtMs: Number(row['seen_ms']),
    expiresAtMs: Number(row['expires_ms']),
  };
}
