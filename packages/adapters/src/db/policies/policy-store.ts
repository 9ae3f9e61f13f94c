import { SupastorError } from '@supastor/contract/errors';
import type { Policy } from '@supastor/contract/operations/policies';
import { changeStatements, type PolicyDefinition, quoteIdentifier } from '@supastor/core/policies/policy-sql';
import type { PolicyStore, WantedChange } from '@supastor/core/policies/policy-store.port';
import { explainLoss, text, textOrNull } from '../query.ts';
import { CHANGE_COLUMNS, readPolicies, toChange } from './policy-rows.ts';
import { probe } from './probe.ts';
import type { Transact, Transaction } from '../transaction.ts';
import { explainRefusal } from './refusal.ts';

/** Somebody who holds locks on the table shall not be waited for longer. */
const LOCK_TIMEOUT = `set local lock_timeout = '3s'`;
const KNOWN_OWNERS = 10;

/** Policies of the database behind `transact`, changed as the owner of the table; changes in `supastor.policy_changes`. */
export function createPolicyStore(transact: Transact): PolicyStore {
  const read = <T>(work: (transaction: Transaction) => Promise<T>) => transact(work, { keep: false }).catch(explainLoss);
  return {
    list: () => read(readPolicies),
    listBuckets: () =>
      read(async ({ run }) => (await run('select id from storage.buckets order by id limit 10000')).rows.map((row) => text(row, 'id'))),
    change: (change, { dryRun }) => transact((transaction) => applyChange(transaction, change), { keep: !dryRun }),
    history: ({ limit, before }) =>
      read(async ({ run }) => {
        const condition = before === undefined ? '' : 'where policy_changes.id < $2::bigint';
        const values = before === undefined ? [limit] : [limit, before];
        const { rows } = await run(
          `select ${CHANGE_COLUMNS} from supastor.policy_changes ${condition} order by policy_changes.id desc limit $1`,
          values,
        );
        return rows.map(toChange);
      }),
    findChange: (id) =>
      read(async ({ run }) => {
        const { rows } = await run(`select ${CHANGE_COLUMNS} from supastor.policy_changes where id = $1::bigint`, [id]);
        return rows[0] ? toChange(rows[0]) : null;
      }),
    probe: (request) => read((transaction) => probe(transaction, request)),
    acquaintances: (bucket, path) => read((transaction) => findAcquaintances(transaction, bucket, path)),
  };
}

async function applyChange(transaction: Transaction, change: WantedChange) {
  const { run } = transaction;
  const { before, after } = change;
  await run(LOCK_TIMEOUT);
  const owner = await ownerOf(transaction, (after ?? before)?.table ?? 'objects');
  await expectUnchanged(transaction, before);
  try {
    await run(`set local role ${quoteIdentifier(owner)}`);
    for (const statement of changeStatements(before, after)) await run(statement);
  } catch (error) {
    explainRefusal(error, owner);
  }
  await run('reset role');
  const policy = after === null ? null : await readBack(transaction, after);
  return { policy, changeId: await remember(transaction, change, policy) };
}

async function ownerOf({ run }: Transaction, table: Policy['table']): Promise<string> {
  const { rows } = await run(`select pg_get_userbyid(relowner) as owner from pg_class where oid = to_regclass('storage.' || $1)`, [table]);
  if (rows[0]) return text(rows[0], 'owner');
  throw new SupastorError('SJ_NOT_FOUND', `There is no table storage.${table}.`, {
    hint: 'Start the storage server once; it makes its tables.',
  });
}

/** The catalogue is read under the lock that changing a policy takes, so nobody comes in between. */
async function expectUnchanged(transaction: Transaction, before: Policy | null): Promise<void> {
  await transaction.run('select pg_advisory_xact_lock(7303003, 0)');
  if (before === null) return;
  const now = (await readPolicies(transaction)).find(({ table, name }) => table === before.table && name === before.name);
  if (now?.revision === before.revision) return;
  throw new SupastorError('SJ_CONFLICT', `Policy "${before.name}" was changed meanwhile.`, {
    hint: 'Look at it again, then repeat the change.',
  });
}

/** An expression that closes its own bracket could change more than itself: what came out must be what was asked for. */
async function readBack(transaction: Transaction, wanted: PolicyDefinition): Promise<Policy> {
  const made = (await readPolicies(transaction)).find(({ table, name }) => table === wanted.table && name === wanted.name);
  const isAsWanted =
    made !== undefined &&
    made.command === wanted.command &&
    made.permissive === wanted.permissive &&
    (made.using === null) === (wanted.using === null) &&
    (made.check === null) === (wanted.check === null) &&
    made.roles.toSorted().join('\n') === wanted.roles.toSorted().join('\n');
  if (isAsWanted) return made;
  const errors = [{ path: 'draft', message: 'an expression ends before its last bracket' }];
  throw new SupastorError('SJ_INPUT_INVALID', 'The expression is not one expression: it changes other parts of the policy.', {
    hint: 'Balance the brackets of using and check.',
    meta: { errors },
  });
}

async function remember({ run }: Transaction, { by, action, before, takesBack }: WantedChange, after: Policy | null): Promise<string> {
  const values = [by, action, before && JSON.stringify(before), after && JSON.stringify(after)];
  const { rows } = await run(
    `insert into supastor.policy_changes (by_email, action, before, after) values ($1, $2, $3, $4) returning id::text`,
    values,
  );
  const id = rows[0] ? text(rows[0], 'id') : '';
  if (takesBack !== undefined) {
    const { rowCount } = await run(
      'update supastor.policy_changes set rolled_back_by = $2::bigint where id = $1::bigint and rolled_back_by is null',
      [takesBack, id],
    );
    if (rowCount === 0) throw new SupastorError('SJ_CONFLICT', `Change ${takesBack} was taken back by somebody else.`);
  }
  return id;
}

async function findAcquaintances({ run }: Transaction, bucket: string, path: string) {
  const found = await run(
    `select b.public, o.owner_id from storage.buckets b left join storage.objects o on o.bucket_id = b.id and o.name = $2 where b.id = $1`,
    [bucket, path],
  );
  const row = found.rows[0];
  if (!row) throw new SupastorError('SJ_NOT_FOUND', `There is no bucket "${bucket}".`, { hint: 'List the buckets to see their names.' });
  const { rows } = await run(
    `select owner_id from (select owner_id from storage.objects where bucket_id = $1 and owner_id is not null limit 10000) sampled
     group by owner_id order by count(*) desc, owner_id limit $2`,
    [bucket, KNOWN_OWNERS],
  );
  return { bucketIsPublic: row['public'] === true, owner: textOrNull(row, 'owner_id'), others: rows.map((each) => text(each, 'owner_id')) };
}
