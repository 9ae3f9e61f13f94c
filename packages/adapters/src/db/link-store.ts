import type { LinkStore, StoredLink } from '@supastor/core/access/user.port';
import { explainLoss, type Query, text, type Transact } from './query.ts';
import { announceUser } from './user-changes.ts';

const COLUMNS = 'token_hash, user_id, kind, created_by, extract(epoch from expires_at) * 1000 as expires_ms';

/** Links in `supastor.user_links`. A link that was used is deleted. */
export function createLinkStore(query: Query, transact: Transact): LinkStore {
  return {
    replace: ({ tokenHash, userId, kind, createdBy, expiresAtMs }) =>
      transact(async (run) => {
        await run('delete from supastor.user_links where user_id = $1 or expires_at < now()', [userId]);
        await run(
          `insert into supastor.user_links (token_hash, user_id, kind, created_by, expires_at)
           values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))`,
          [tokenHash, userId, kind, createdBy, expiresAtMs],
        );
      }).catch(explainLoss),
    async find(tokenHash) {
      const sql = `select ${COLUMNS} from supastor.user_links where token_hash = $1 and expires_at > now()`;
      const { rows } = await query(sql, [tokenHash]).catch(explainLoss);
      return rows[0] ? toLink(rows[0]) : null;
    },
    redeem: (tokenHash, passwordHash) =>
      transact(async (run) => {
        // Of two that come at once, one deletes the row and the other finds none.
        const { rows } = await run(`delete from supastor.user_links where token_hash = $1 and expires_at > now() returning ${COLUMNS}`, [
          tokenHash,
        ]);
        const link = rows[0] ? toLink(rows[0]) : null;
        if (!link) return null;
        const { rows: users } = await run(
          `update supastor.users set password_hash = $2, state = 'active'
           where id = $1 and state <> 'disabled' and not break_glass returning id`,
          [link.userId, passwordHash],
        );
        if (users.length === 0) return null;
        await announceUser(run, link.userId);
        return link;
      }).catch(explainLoss),
  };
}

function toLink(row: Readonly<Record<string, unknown>>): StoredLink {
  return {
    tokenHash: text(row, 'token_hash'),
    userId: text(row, 'user_id'),
    kind: row['kind'] === 'invitation' ? 'invitation' : 'reset',
    createdBy: text(row, 'created_by'),
    expiresAtMs: Number(row['expires_ms']),
  };
}
