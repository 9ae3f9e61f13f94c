import { SupastorError } from '@supastor/contract/errors';

/**
 * Runs `work` with a signal that is aborted after `timeoutMs` or when `outer` is, and stops waiting then,
 * even if `work` does not listen.
 * @throws SJ_TIMEOUT, SJ_INTERRUPTED
 */
export async function runWithin<T>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (outer?.aborted) throw interrupted();
  const controller = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (reason: SupastorError) => {
    controller.abort(reason);
    reject(reason);
  };
  const timer = setTimeout(() => stop(timedOut(timeoutMs)), timeoutMs);
  const onOuterAbort = () => stop(interrupted());
  outer?.addEventListener('abort', onOuterAbort, { once: true });
  try {
    return await Promise.race([stopped, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onOuterAbort);
    stopped.catch(() => undefined);
  }
}

function timedOut(timeoutMs: number): SupastorError {
  return new SupastorError('SJ_TIMEOUT', `The operation did not finish within ${timeoutMs / 1000} seconds; it may still take effect.`, {
    hint: 'Look at the current state before trying again.',
  });
}

function interrupted(): SupastorError {
  return new SupastorError('SJ_INTERRUPTED', 'The caller went away before the operation finished.');
}
