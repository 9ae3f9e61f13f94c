import { SupastorError } from '@supastor/contract/errors';
import type { StackControl } from '@supastor/core/stack/stack-control.port';

function unreachable(): SupastorError {
  return new SupastorError(
    'SJ_SUPERVISOR_UNREACHABLE',
    'This server was started without a supervisor, so it cannot see or move services.',
    {
      hint: 'Start the stack with `supastor up`, or set SUPASTOR_CONTROL_SOCKET.',
    },
  );
}

/** Stands in for the supervisor when there is none: every call says so. */
export const noSupervisor: StackControl = {
  status: () => Promise.reject(unreachable()),
  act: () => Promise.reject(unreachable()),
  logs: failing,
  events: failing,
};

function failing(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(unreachable()) }) };
}
