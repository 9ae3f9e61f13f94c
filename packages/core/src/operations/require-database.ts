import { SupastorError } from '@supastor/contract/errors';

/**
 * A part of the server that is there only when it has a database.
 * @param without What the server says when it is not there, as the end of "The admin server has no database, so it ...".
 * @throws SJ_DATABASE_UNREACHABLE
 */
export function requireDatabase<T>(part: T | null, without: string): T {
  if (part !== null) return part;
  throw new SupastorError('SJ_DATABASE_UNREACHABLE', `The admin server has no database, so it ${without}.`, {
    hint: 'Set DATABASE_URL of the admin server.',
  });
}
