import { SupastorError } from '@supastor/contract/errors';
import type { RegisteredOperation } from '@supastor/contract/operations/all';
import { pathParameters } from '@supastor/contract/operations/http';
import type { Leases } from '@supastor/core/locks/with-lease';
import type { Caller } from '@supastor/core/operations/context';
import { entityTagOf, readerOf, tagListNames } from '@supastor/core/operations/entity-tag';
import type { OperationRouter } from '@supastor/core/operations/router';

/** Added to the operation's own time limit before another server may take its lock. */
const LEASE_MARGIN_MS = 15_000;

export interface PreconditionOptions {
  readonly router: OperationRouter;
  readonly leases: Leases;
  readonly caller: Caller;
  readonly input: Readonly<Record<string, unknown>>;
  /** Value of `If-Match`. */
  readonly ifMatch: string;
}

/**
 * Runs a change only if the resource still is what the client saw. Changes with a condition on one resource run one after
 * the other, on all servers, so that of two with the same tag one is refused.
 * @throws SJ_PRECONDITION_FAILED, SJ_INPUT_INVALID when the operation changes no single resource
 */
export async function runIfMatching<T>(definition: RegisteredOperation, options: PreconditionOptions, run: () => Promise<T>): Promise<T> {
  const { router, leases, caller, input, ifMatch } = options;
  const reader = readerOf(definition);
  if (!reader) {
    throw new SupastorError('SJ_INPUT_INVALID', `${definition.name} changes no single resource that has an entity tag.`, {
      hint: 'Leave If-Match out.',
      meta: { errors: [{ path: 'If-Match', message: 'not for this operation' }] },
    });
  }
  const parameters = Object.fromEntries(pathParameters(reader).map((name) => [name, input[name]]));
  const resource = `${reader.name} ${JSON.stringify(parameters)}`.slice(0, 1000);
  return leases.hold(resource, definition.timeoutMs + LEASE_MARGIN_MS, async () => {
    const current = await router.run(reader.name, parameters, caller).catch(nullWhenMissing);
    if (current === null || !tagListNames(ifMatch, entityTagOf(current), { weak: false })) throw changed(reader);
    return run();
  });
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof SupastorError && error.code === 'SJ_NOT_FOUND') return null;
  throw error;
}

function changed({ rest }: RegisteredOperation): SupastorError {
  return new SupastorError('SJ_PRECONDITION_FAILED', 'The resource is not, or no longer, what If-Match says; nothing was changed.', {
    hint: `Read it again (GET ${rest.path}), look at what changed, and send the new ETag.`,
  });
}
