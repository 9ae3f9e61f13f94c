import type { GuardedChange } from '@supastor/core/access/user.port';
import type { Query } from './query.ts';
import { REVOKED_CHANNEL } from './session-store.ts';

/** Tells every server that a user is not what they were. */
export async function announceUser(run: Query, userId: string): Promise<void> {
  await run(`select pg_notify('${REVOKED_CHANNEL}', '0 user:' || $1::text)`, [userId]);
}

/** Whoever makes owners fewer holds this lock, so that two cannot each believe the other one stays. */
const OWNERS_LOCK = '7303001, 2';

/** Thrown to roll a transaction back. */
class LastOwner extends Error {}

/**
 * Runs a change that may leave nobody who can sign in and do everything; it is then rolled back to before.
 * @param change Answers whether there was anything to change
 */
export async function guardOwners(run: Query, userId: string, change: () => Promise<boolean>): Promise<GuardedChange> {
  await run(`select pg_advisory_xact_lock(${OWNERS_LOCK})`);
  await run('savepoint before_change');
  try {
    if (!(await change())) return 'missing';
    await refuseNoOwner(run);
    await announceUser(run, userId);
    return 'done';
  } catch (error) {
    if (!(error instanceof LastOwner)) throw error;
    await run('rollback to savepoint before_change');
    return 'last-owner';
  }
}

async function refuseNoOwner(run: Query): Promise<void> {
  const { rows } = await run(
    `select from supastor.users u join supastor.grants g on g.user_id = u.id
     where u.state = 'active' and g.role = 'owner' and g.environment is null and g.bucket is null limit 1`,
  );
  if (rows.length === 0) throw new LastOwner();
}
