import { SupastorError } from '@supastor/contract/errors';
import { findOperation } from '@supastor/contract/operations/all';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import type { BatchRequest, BatchResponse } from '@supastor/contract/wire/batch';
import type { Problem } from '@supastor/contract/wire/problem';
import type { Caller } from './context.ts';
import type { OperationRouter } from './router.ts';

export interface RunBatchOptions {
  readonly router: OperationRouter;
  readonly caller: Caller;
  readonly toProblem: (error: unknown) => Problem;
  /** Told about each failure that is a bug or a broken dependency. */
  readonly onFailure: (error: unknown, problem: Problem) => void;
  /** Nothing is started after this; milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly now: () => number;
}

type Result = BatchResponse['results'][number];

/** Whether the answer only makes sense as one of its own: a stream, or what sets or clears the session cookie. */
function isAlone({ shape, signsIn, name }: OperationDefinition): boolean {
  return shape === 'stream' || signsIn === true || name === 'session.logout';
}

/** Runs operations one after the other as one caller. Not a transaction: what is done stays done, and each result says for itself how it went. */
export async function runBatch({ operations, stopOnError }: BatchRequest, options: RunBatchOptions): Promise<BatchResponse> {
  const results: Result[] = [];
  let stopped = false;
  for (const item of operations) {
    stopped ||= options.now() > options.deadlineMs || options.caller.signal?.aborted === true;
    const result: Result = stopped ? { outcome: 'skipped' } : await runOne(item, options);
    results.push(result);
    stopped ||= stopOnError && result.outcome === 'failed';
  }
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return { results, done: count('done'), failed: count('failed'), skipped: count('skipped') };
}

async function runOne(
  { operation, input }: BatchRequest['operations'][number],
  { router, caller, toProblem, onFailure }: RunBatchOptions,
): Promise<Result> {
  try {
    const definition = findOperation(operation);
    if (!definition)
      throw new SupastorError('SJ_INPUT_INVALID', `There is no operation "${operation.slice(0, 100)}".`, {
        hint: 'They are listed at /docs.',
      });
    if (isAlone(definition)) {
      throw new SupastorError('SJ_INPUT_INVALID', `${definition.name} cannot be part of a batch.`, {
        hint: `Send it as a request of its own: ${definition.rest.method} ${definition.rest.path}.`,
      });
    }
    return { outcome: 'done', output: await router.run(definition.name, input, caller) };
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status >= 500) onFailure(error, problem);
    return { outcome: 'failed', problem };
  }
}
