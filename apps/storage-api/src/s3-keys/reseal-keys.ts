import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { Database } from '../metadata/database.ts';
import { type KeyRow, listKeyRows, resealKey } from './key-queries.ts';
import type { SecretSealer } from './secret-sealer.ts';

/** Seals with the current passphrase what was sealed with a retired one, so that the retired one can be dropped after a start. */
export async function resealKeys(database: Database, sealer: SecretSealer, logger: Logger): Promise<void> {
  const list = listKeyRows();
  await database.read(list);
  const stale = list.rows.filter(({ secret, previous_secret: previous }) => {
    return !sealer.isCurrent(secret) || (previous !== null && !sealer.isCurrent(previous));
  });
  for (const row of stale) await resealRow(database, sealer, row);
  const locked = stale.filter(({ id, secret }) => sealer.open(secret, id) === null).map(({ id }) => id);
  if (stale.length > locked.length) logger.info({ keys: stale.length - locked.length }, 'secrets of access keys were sealed anew');
  if (locked.length > 0) logger.warn({ accessKeyIds: locked }, 'no configured encryption key opens the secrets of these access keys');
}

async function resealRow(database: Database, sealer: SecretSealer, row: KeyRow): Promise<void> {
  const secret = sealer.open(row.secret, row.id);
  const previous = row.previous_secret === null ? null : sealer.open(row.previous_secret, row.id);
  if (secret === null) return;
  const resealed = resealKey(row, sealer.seal(secret, row.id), previous === null ? null : sealer.seal(previous, row.id));
  await database.transact({ steps: [resealed] });
}
