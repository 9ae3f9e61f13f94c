import { unwrapResolverError } from '@apollo/server/errors';
import { SupastorError } from '@supastor/contract/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes that clients act upon as part of the protocol of persisted queries. */
const PROTOCOL_CODES = new Set(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED']);

/** Errors as clients see them: a code of the catalogue, the hint, and for bugs nothing more. `reason` is the library's own code. */
export function formatGraphqlError(
  formatted: GraphQLFormattedError,
  error: unknown,
  onBug: (error: unknown) => void,
): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const { message, locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (original instanceof SupastorError) {
    const { code, hint, httpStatus: status, meta } = original;
    const errors = meta?.['errors'];
    const retryAfterSeconds = meta?.['retryAfterSeconds'];
    const details = { ...(errors !== undefined && { errors }), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    return { message: original.message, ...place, extensions: { code, status, ...(hint !== undefined && { hint }), ...details } };
  }
  const code = formatted.extensions?.['code'];
  if (typeof code === 'string' && (PROTOCOL_CODES.has(code) || code.startsWith('SJ_')))
    return { message, ...place, extensions: formatted.extensions ?? {} };
  if (error instanceof GraphQLError && original === error && code !== 'INTERNAL_SERVER_ERROR') {
    return { message, ...place, extensions: { code: 'SJ_INPUT_INVALID', reason: code } };
  }
  onBug(original);
  return { message: 'Something unexpected happened; the log has it under the request id.', ...place, extensions: { code: 'SJ_INTERNAL' } };
}
