import type { RefreshStore } from '@supastor/core/access/refresh.port';
import type { SigningKeyStore } from '@supastor/core/access/signing-key.port';
import { codeOf, explainLoss, type Query, text, type Transact } from './query.ts';
import { SESSION_COLUMNS, toSession } from './session-store.ts';

const UNIQUE_VIOLATION = '23505';

/** Signing keys in `supastor.signing_keys`; one of them is not retired. */
export function createSigningKeyStore(query: Query, transact: Transact): SigningKeyStore {
  return {
    async list() {
      const { rows } = await query(
        `select kid, public_jwk, private_sealed, extract(epoch from created_at) * 1000 as created_ms,
           extract(epoch from retired_at) * 1000 as retired_ms
         from supastor.signing_keys where retired_at is null or retired_at > now() - interval '1 hour' order by created_at desc`,
      ).catch(explainLoss);
      return rows.map((row) => ({
        kid: text(row, 'kid'),
        publicJwk: text(row, 'public_jwk'),
        privateSealed: text(row, 'private_sealed'),
        createdAtMs: Number(row['created_ms']),
        retiredAtMs: row['retired_ms'] === null ? null : Number(row['retired_ms']),
      }));
    },
    replace: (current, { kid, publicJwk, privateSealed }) =>
      transact(async (run) => {
        if (current !== null) {
          const { rows } = await run(
            'update supastor.signing_keys set retired_at = now() where kid = $1 and retired_at is null returning kid',
            [current],
          );
          if (rows.length === 0) return false;
        }
        await run('insert into supastor.signing_keys (kid, public_jwk, private_sealed) values ($1, $2, $3)', [
          kid,
          publicJwk,
          privateSealed,
        ]);
        await run(`delete from supastor.signing_keys where retired_at < now() - interval '1 day'`);
        return true;
      }).catch((error: unknown) => (codeOf(error) === UNIQUE_VIOLATION ? false : explainLoss(error))),
  };
}

/** Refresh tokens in `supastor.refresh_tokens`. */
export function createRefreshStore(query: Query, transact: Transact): RefreshStore {
  const insert = `insert into supastor.refresh_tokens (token_hash, session_id, expires_at) values ($1, $2, to_timestamp($3::float8 / 1000))`;
  return {
    async add({ id, expiresAtMs }, tokenHash) {
      await query(insert, [tokenHash, id, expiresAtMs]).catch(explainLoss);
      await query('delete from supastor.refresh_tokens where expires_at < now()').catch(explainLoss);
    },
    rotate: (oldHash, newHash) =>
      transact(async (run) => {
        const { rows } = await run(
          `select t.used_at, ${SESSION_COLUMNS} from supastor.refresh_tokens t join supastor.sessions s on s.id = t.session_id
           where t.token_hash = $1 and s.ended_at is null and s.expires_at > now() for update of t`,
          [oldHash],
        );
        const [row] = rows;
        if (!row) return { kind: 'unknown' as const };
        const session = toSession(row);
        if (row['used_at'] !== null) return { kind: 'reused' as const, session };
        await run('update supastor.refresh_tokens set used_at = now() where token_hash = $1', [oldHash]);
        await run(insert, [newHash, session.id, session.expiresAtMs]);
        return { kind: 'rotated' as const, session };
      }).catch(explainLoss),
  };
}
