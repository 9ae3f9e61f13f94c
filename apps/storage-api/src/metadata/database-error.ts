import { failures, ProtocolError } from '../errors.ts';
import { ConnectionLost } from './connection-lost.ts';

const CONNECTION_CODES = new Set([
  // TLS failed; the error explains itself.
  'SJ_DATABASE_UNREACHABLE',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '08001',
  '08004',
]);
const CONNECTION_MESSAGES = /Connection terminated|Client has encountered a connection error|not queryable|Connection ended/;

/** SQLSTATE or system error code of a driver error, or undefined. */
export function databaseErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the connection broke, so that the outcome of what was sent is unknown. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  const code = databaseErrorCode(error);
  if (code !== undefined && CONNECTION_CODES.has(code)) return true;
  return error instanceof Error && CONNECTION_MESSAGES.test(error.message);
}

/** Whether Postgres gave up a transaction only because of others; sent again, it can succeed. */
export function isContention(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code === '40P01' || code === '40001';
}

/** The protocol's failure for a driver error; anything that is one already passes through. */
export function translateDatabaseError(error: unknown): Error {
  if (error instanceof ProtocolError) return error;
  if (isConnectionError(error)) return failures.databaseUnavailable(error);
  if (error instanceof Error && /timeout exceeded when trying to connect|Query read timeout/.test(error.message)) {
    return failures.databaseTimeout(error);
  }
  const code = databaseErrorCode(error);
  if (code?.startsWith('22')) return failures.invalidRequest('the request contains a value that the database cannot take');
  switch (code) {
    case '42501':
      return failures.rowSecurity(error);
    case '23505':
      return failures.alreadyExists(error);
    case '23503':
      return failures.relatedMissing(error);
    case '55P03':
      return failures.locked(error);
    case '57014':
      return failures.databaseTimeout(error);
    case '53100':
      return failures.databaseFull(error);
    case '53300':
      return failures.databaseUnavailable(error);
    case 'P0001':
      // Raised on purpose, by a policy or trigger of the database's owner, who chose the words.
      return failures.refusedByDatabase(error);
    case 'SJ020':
      return error instanceof Error ? failures.quotaExceeded(error) : failures.database(error);
    case 'SJ030':
      return failures.invalidParameter('versioning_status');
    case 'SJ031':
      return failures.noSuchKey();
    case 'SJ001':
      return failures.instanceRetired(error);
    case undefined:
      return error instanceof Error ? error : failures.internal(error);
    default:
      return failures.database(error);
  }
}
