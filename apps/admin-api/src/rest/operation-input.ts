import { SupastorError } from '@supastor/contract/errors';
import type { RegisteredOperation } from '@supastor/contract/operations/all';
import { inputInQuery, pathParameters } from '@supastor/contract/operations/http';
import type { FastifyRequest } from 'fastify';

/** Path parameters merged with the query or the JSON body. @throws SJ_INPUT_INVALID when both give a field different values */
export function inputOf(definition: RegisteredOperation, request: FastifyRequest): Record<string, unknown> {
  const rest = inputInQuery(definition) ? request.query : (request.body ?? {});
  if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) {
    throw new SupastorError('SJ_INPUT_INVALID', 'The body must be a JSON object.');
  }
  const fields = new Map<string, unknown>(Object.entries(rest));
  const parameters = new Map<string, unknown>(Object.entries(request.params ?? {}));
  for (const name of pathParameters(definition)) {
    const value = parameters.get(name);
    if (fields.has(name) && fields.get(name) !== value) {
      throw new SupastorError('SJ_INPUT_INVALID', `${name} is set by the path and cannot be another value here.`, {
        meta: { errors: [{ path: name, message: 'differs from the path' }] },
      });
    }
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
