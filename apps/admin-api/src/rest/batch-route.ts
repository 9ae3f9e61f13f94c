import { API_PREFIX } from '@supastor/contract/operations/http';
import { batchRequestSchema } from '@supastor/contract/wire/batch';
import { requireIdentity } from '@supastor/core/access/identity';
import { isFinalFailure } from '@supastor/core/idempotency/idempotency';
import { runBatch } from '@supastor/core/operations/batch';
import { invalidInput } from '@supastor/core/operations/implement';
import type { FastifyInstance } from 'fastify';
import { identify } from '../access/identify.ts';
import { callerOf } from './caller.ts';
import { sendKept } from './answer-once.ts';
import type { RestDoorDeps } from './operation-routes.ts';
import { logFailure, problemOf } from './problem.ts';

/** Operations that have not begun by then are left out. */
const BATCH_TIME_MS = 120_000;

/** `POST /api/v1/batch`: many small operations in one request, each authorised and audited for itself. */
export function registerBatchRoute(app: FastifyInstance, deps: RestDoorDeps): void {
  app.post(`${API_PREFIX}/batch`, async (request, reply) => {
    const identity = requireIdentity(await identify(request, deps.authenticate));
    const parsed = batchRequestSchema.safeParse(request.body ?? {});
    if (!parsed.success) throw invalidInput(parsed.error.issues);
    const run = async () =>
      runBatch(parsed.data, {
        router: deps.router,
        caller: callerOf(request, reply, { identity, abortWhenGone: false }),
        toProblem: (error) => problemOf(error, request.id).problem,
        onFailure: (error, problem) => logFailure(error, problem, request),
        deadlineMs: performance.now() + BATCH_TIME_MS,
        now: () => performance.now(),
      });
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return reply.header('cache-control', 'no-store').send(await run());
    const kept = await deps.idempotency.once({ identity, operation: 'batch', key, input: parsed.data }, async () => {
      const answer = await run();
      // Where everything failed for a passing reason, the same key may try again.
      const final = answer.results.some(
        (result) => result.outcome === 'done' || (result.outcome === 'failed' && isFinalFailure(result.problem.code)),
      );
      return {
        final,
        answer: { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(answer) },
      };
    });
    return sendKept(kept, reply);
  });
}
