import type { PoolClient, QueryConfig } from 'pg';
import { explainLoss } from './query.ts';

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
