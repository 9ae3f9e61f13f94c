import { OPERATIONS, type OperationName, type RegisteredOperation } from '@supastor/contract/operations/all';
import { API_PREFIX } from '@supastor/contract/operations/http';
import { inputJsonSchema } from '@supastor/contract/operations/json-schema';
import type { Authenticate } from '@supastor/core/access/authenticate';
import type { Idempotency } from '@supastor/core/idempotency/idempotency';
import type { Leases } from '@supastor/core/locks/with-lease';
import type { Caller } from '@supastor/core/operations/context';
import { answersWithResource, entityTagOf, tagListNames } from '@supastor/core/operations/entity-tag';
import type { OperationRouter } from '@supastor/core/operations/router';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { identify } from '../access/identify.ts';
import { refuseForgery } from '../access/same-origin.ts';
import { REFRESH_COOKIE, refreshCookieOptions, SESSION_COOKIE, sessionCookieOptions } from '../access/session-cookie.ts';
import { callerOf } from './caller.ts';
import { inputOf } from './operation-input.ts';
import { runIfMatching } from './preconditions.ts';
import { answerOnce, sendKept } from './answer-once.ts';
import { toRecordText } from './record-stream.ts';

export interface RestDoorDeps {
  readonly router: OperationRouter;
  readonly authenticate: Authenticate;
  readonly idempotency: Idempotency;
  readonly leases: Leases;
}

/** One route per operation of the registry, under `/api/v1`. */
export function registerOperationRoutes(app: FastifyInstance, deps: RestDoorDeps): void {
  for (const definition of OPERATIONS) {
    const { rest } = definition;
    app.route({
      method: rest.method,
      bodyLimit: bodyLimitOf(definition),
      url: API_PREFIX + rest.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => answer(definition, { deps, request, reply }),
    });
  }
}

/** Single values fit into little; lists may be long. */
const SMALL_BODY_BYTES = 65_536;
const LARGE_BODY_BYTES = 1_048_576;

function bodyLimitOf(definition: RegisteredOperation): number {
  if (definition.rate === 'signIn') return SMALL_BODY_BYTES / 4;
  const fields: unknown[] = Object.values(Object(inputJsonSchema(definition)['properties']));
  return fields.some((field) => Object(field)['type'] === 'array') ? LARGE_BODY_BYTES : SMALL_BODY_BYTES;
}

interface Exchange {
  readonly deps: RestDoorDeps;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(definition: RegisteredOperation, exchange: Exchange): Promise<unknown> {
  const { deps, request, reply } = exchange;
  const identity = await identify(request, deps.authenticate);
  const caller = callerOf(request, reply, { identity, abortWhenGone: definition.effect === 'read' });
  const input = inputOf(definition, request);
  addRefreshCookie(definition.name, input, request);
  const run = () => runConditionally(definition, exchange, { caller, input });
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && identity !== null && definition.effect !== 'read') {
    const kept = await answerOnce(definition, { idempotency: deps.idempotency, request, identity, key, input, run });
    if (kept.status === 200) keepSession(definition, null, exchange);
    return sendKept(kept, reply);
  }
  const output = await run();
  if (definition.shape === 'stream' && isAsyncIterable(output)) {
    return sendRecords(definition.name, output, { reply, format: input['format'] });
  }
  keepSession(definition, output, exchange);
  return sendValue(definition, output, exchange);
}

function runConditionally(
  definition: RegisteredOperation,
  { deps: { router, leases }, request }: Exchange,
  { caller, input }: { readonly caller: Caller; readonly input: Readonly<Record<string, unknown>> },
): Promise<unknown> {
  const run = () => router.run(definition.name, input, caller);
  const ifMatch = request.headers['if-match'];
  if (ifMatch === undefined || definition.effect === 'read' || caller.identity === null) return run();
  return runIfMatching(definition, { router, leases, caller, input, ifMatch }, run);
}

/** Sends a value; reads, and changes that answer with their resource, carry its entity tag. */
function sendValue(definition: RegisteredOperation, output: unknown, { request, reply }: Exchange): FastifyReply {
  void reply.header('cache-control', 'no-store');
  if (!isTagged(definition)) return reply.send(output);
  const tag = entityTagOf(output);
  void reply.header('etag', tag);
  const known = request.headers['if-none-match'];
  if (definition.effect === 'read' && known !== undefined && tagListNames(known, tag, { weak: true })) return reply.code(304).send();
  return reply.send(output);
}

function isTagged(definition: RegisteredOperation): boolean {
  return definition.effect === 'read' || answersWithResource(definition);
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

/** A refresh token out of the cookie, for pages of this server only. @throws SJ_FORBIDDEN */
function addRefreshCookie(name: OperationName, input: Record<string, unknown>, request: FastifyRequest): void {
  const cookie = request.cookies[REFRESH_COOKIE];
  if (name !== 'session.refresh' || input['refreshToken'] !== undefined || !cookie) return;
  refuseForgery(request, 'cookie');
  input['refreshToken'] = cookie;
}

/** Signing in sets the cookies of the session, signing out clears them. */
function keepSession({ name, signsIn }: RegisteredOperation, output: unknown, { request, reply }: Omit<Exchange, 'deps'>): void {
  if (name === 'session.logout') {
    void reply.clearCookie(SESSION_COOKIE, sessionCookieOptions(request)).clearCookie(REFRESH_COOKIE, refreshCookieOptions(request));
  }
  if (signsIn !== true) return;
  const { token, tokenExpiresAt, refreshToken, expiresAt }: Readonly<Record<string, unknown>> = Object(output);
  if (typeof token !== 'string') return;
  void reply.setCookie(SESSION_COOKIE, token, { ...sessionCookieOptions(request), expires: new Date(String(tokenExpiresAt)) });
  if (typeof refreshToken !== 'string') return;
  void reply.setCookie(REFRESH_COOKIE, refreshToken, { ...refreshCookieOptions(request), expires: new Date(String(expiresAt)) });
}
