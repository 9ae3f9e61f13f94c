import { SupastorError } from '@supastor/contract/errors';

type Row = Readonly<Record<string, unknown>>;

/** Runs one statement; rows are objects by column name. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly Row[] }>;

/** Runs its argument in one transaction; what it throws rolls back. */
export type Transact = <T>(work: (query: Query) => Promise<T>) => Promise<T>;

/** The SQLSTATE or system code of a failure. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Text of a column that is never null. */
export function text(row: Row, column: string): string {
  return String(row[column]);
}

export function textOrNull(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

/** Turns a lost connection into an error that callers can show. @throws SJ_DATABASE_UNREACHABLE */
export function explainLoss(error: unknown): never {
  const code = codeOf(error);
  const isLoss = code === undefined ? isConnectionError(error) : /^(E[A-Z]+|08...|57P0.|53300)$/.test(code);
  if (!isLoss) throw error;
  throw new SupastorError('SJ_DATABASE_UNREACHABLE', 'Postgres does not answer.', {
    hint: 'See whether it runs: `supastor status`; then try again.',
    cause: error,
  });
}

/** The driver gives no code when a connection ends or a time-out passes. */
function isConnectionError(error: unknown): boolean {
  return error instanceof Error && /connection|timeout/i.test(error.message);
}
