import { SupastorError } from '@supastor/contract/errors';
import { OPERATIONS, type OperationName, type RegisteredOperation } from '@supastor/contract/operations/all';
import { API_PREFIX, inputInQuery, pathParameters } from '@supastor/contract/operations/http';
import type { Authenticate } from '@supastor/core/access/authenticate';
import type { OperationRouter } from '@supastor/core/operations/router';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuseForgery } from '../access/same-origin.ts';
import { credentialOf, SESSION_COOKIE, sessionCookieOptions } from '../access/session-cookie.ts';
import { callerOf } from './caller.ts';
import { toRecordText } from './record-stream.ts';

export interface RestDoorDeps {
  readonly router: OperationRouter;
  readonly authenticate: Authenticate;
}

/** One route per operation of the registry, under `/api/v1`. */
export function registerOperationRoutes(app: FastifyInstance, deps: RestDoorDeps): void {
  for (const definition of OPERATIONS) {
    const { rest } = definition;
    app.route({
      method: rest.method,
      url: API_PREFIX + rest.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => answer(definition, { deps, request, reply }),
    });
  }
}

interface Exchange {
  readonly deps: RestDoorDeps;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(definition: RegisteredOperation, { deps, request, reply }: Exchange): Promise<unknown> {
  const credential = credentialOf(request);
  refuseForgery(request, credential.kind);
  const identity = credential.token === null ? null : await deps.authenticate(credential.token, request);
  const caller = callerOf(request, reply, { identity, abortWhenGone: definition.effect === 'read' });
  const input = inputOf(definition, request);
  const output = await deps.router.run(definition.name, input, caller);
  if (definition.shape === 'stream' && isAsyncIterable(output))
    return sendRecords(definition.name, output, { reply, format: input['format'] });
  keepSession(definition.name, output, { request, reply });
  return reply.header('cache-control', 'no-store').send(output);
}

function sendRecords(
  name: OperationName,
  records: AsyncIterable<unknown>,
  { reply, format }: { readonly reply: FastifyReply; readonly format: unknown },
): FastifyReply {
  const { contentType, extension, body } = toRecordText(records, format);
  return reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${name.split('.')[0]}.${extension}"`)
    .type(contentType)
    .send(body);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Path parameters merged with the query or the JSON body. @throws SJ_INPUT_INVALID when both give a field different values */
function inputOf(definition: RegisteredOperation, request: FastifyRequest): Record<string, unknown> {
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

/** Signing in sets the session cookie, signing out clears it. */
function keepSession(name: OperationName, output: unknown, { request, reply }: Omit<Exchange, 'deps'>): void {
  if (name === 'session.logout') void reply.clearCookie(SESSION_COOKIE, sessionCookieOptions(request));
  if (name !== 'session.login' || typeof output !== 'object' || output === null) return;
  if (!('token' in output) || typeof output.token !== 'string' || !('expiresAt' in output)) return;
  void reply.setCookie(SESSION_COOKIE, output.token, { ...sessionCookieOptions(request), expires: new Date(String(output.expiresAt)) });
}
