import { SupastorError } from '@supastor/contract/errors';
import type { PoolClient, QueryConfig } from 'pg';
import { codeOf, explainLoss } from '../query.ts';

type Row = Readonly<Record<string, unknown>>;

/** One transaction on one connection. */
export interface Transaction {
  /** Runs exactly one statement: a second one behind a semicolon is refused by the protocol. */
  readonly run: (sql: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly Row[]; readonly rowCount: number }>;
  /** Runs the work and takes back everything it did, also when it succeeds. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T>;
}

/** `keep: false` takes everything back at the end. */
export type Transact = <T>(work: (transaction: Transaction) => Promise<T>, options: { readonly keep: boolean }) => Promise<T>;

/** @param connect A connection whose schema is up to date. */
export function createTransact(connect: () => Promise<PoolClient>): Transact {
  return async (work, { keep }) => {
    const client = await connect().catch(explainLoss);
    const run: Transaction['run'] = async (text, values = []) => {
      const { rows, rowCount } = await client.query(oneStatement(text, values));
      return { rows, rowCount: rowCount ?? 0 };
    };
    try {
      await run('begin');
      const result = await work({ run, attempt: (part) => attempt(run, part) });
      await run(keep ? 'commit' : 'rollback');
      client.release();
      return result;
    } catch (error) {
      await run('rollback').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  };
}

/** The driver's types do not know its query mode yet. */
function oneStatement(text: string, values: readonly unknown[]): QueryConfig & { readonly queryMode: 'extended' } {
  return { text, values: [...values], queryMode: 'extended' };
}

async function attempt<T>(run: Transaction['run'], work: () => Promise<T>): Promise<T> {
  await run('savepoint attempt');
  try {
    return await work();
  } finally {
    await run('rollback to savepoint attempt');
    await run('release savepoint attempt');
  }
}

/** What Postgres says about SQL that a caller wrote. */
const CALLERS_FAULT = /^(?:42[^5]..|22...|0A000)$/;

/** Turns a refusal of Postgres into an error for whoever wrote the policy; anything else is rethrown. */
export function explainRefusal(error: unknown, owner: string): never {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code === '42710') throw new SupastorError('SJ_CONFLICT', `Postgres: ${message}.`, { hint: 'Choose another name.', cause: error });
  if (code === '42501') {
    throw new SupastorError(
      'SJ_FORBIDDEN',
      `The database account of the admin server may not act as ${owner}, who owns the table: ${message}.`,
      {
        hint: `Let DATABASE_URL of the admin server name a superuser (supabase_admin in the official images), or grant ${owner} to its role.`,
        cause: error,
      },
    );
  }
  if (code !== undefined && CALLERS_FAULT.test(code)) {
    const errors = [{ path: 'draft', message }];
    throw new SupastorError('SJ_INPUT_INVALID', `Postgres refuses the policy: ${message}`, {
      hint: 'Mend the expression or the roles and try again.',
      cause: error,
      meta: { errors },
    });
  }
  return explainLoss(error);
}
