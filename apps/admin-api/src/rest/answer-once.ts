import type { RegisteredOperation } from '@supastor/contract/operations/all';
import type { Identity } from '@supastor/core/access/identity';
import { type Idempotency, isFinalFailure, type KeptAnswer } from '@supastor/core/idempotency/idempotency';
import { answersWithResource, entityTagOf } from '@supastor/core/operations/entity-tag';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { logFailure, problemOf } from './problem.ts';

export interface OnceOptions {
  readonly idempotency: Idempotency;
  readonly request: FastifyRequest;
  readonly identity: Identity;
  /** Value of `Idempotency-Key`. */
  readonly key: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly run: () => Promise<unknown>;
}

/** The one answer that belongs to an idempotency key: kept, or made now by running the change. */
export function answerOnce(definition: RegisteredOperation, options: OnceOptions): Promise<KeptAnswer & { readonly replayed: boolean }> {
  const { idempotency, request, identity, key, input, run } = options;
  const ifMatch = request.headers['if-match'] ?? null;
  return idempotency.once({ identity, operation: definition.name, key, input: [input, ifMatch] }, async () => {
    try {
      return { final: true, answer: jsonAnswer(definition, await run()) };
    } catch (error) {
      const { problem } = problemOf(error, request.id);
      if (!isFinalFailure(problem.code)) throw error;
      if (problem.status >= 500) logFailure(error, problem, request);
      const headers = { 'content-type': 'application/problem+json' };
      return { final: true, answer: { status: problem.status, headers, body: JSON.stringify(problem) } };
    }
  });
}

/** Sends an answer that may have been given before. */
export function sendKept(
  { status, headers, body, replayed }: KeptAnswer & { readonly replayed: boolean },
  reply: FastifyReply,
): FastifyReply {
  if (replayed) void reply.header('idempotency-replayed', 'true');
  return reply.code(status).header('cache-control', 'no-store').headers(headers).send(body);
}

function jsonAnswer(definition: RegisteredOperation, output: unknown): KeptAnswer {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  const headers: Readonly<Record<string, string>> = answersWithResource(definition) ? { ...type, etag: entityTagOf(output) } : type;
  return { status: 200, headers, body: JSON.stringify(output) };
}
