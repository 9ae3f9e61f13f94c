import type { OperationDefinition, OperationOutput, OperationArguments } from '@supastor/contract/operations/define';
import { errorFromProblem, networkError } from './api-error.ts';
import type { OperationRoute } from './operations.ts';
import { buildRequest } from './request.ts';

/**
 * Runs an operation through its REST door with the session cookie.
 * The answer is trusted to have the contract's shape: same origin, same release.
 * @throws ApiError
 */
export async function call<D extends OperationDefinition>(
  route: OperationRoute<D>,
  input: OperationArguments<D> & object,
  signal?: AbortSignal,
): Promise<OperationOutput<D>> {
  const request = buildRequest(route, Object.fromEntries(Object.entries(input)));
  const response = await send(request.url, {
    method: request.method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(request.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(signal === undefined ? {} : { signal }),
  });
  const body = await readJson(response);
  if (!response.ok) throw errorFromProblem(response.status, body);
  return body;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw networkError();
  }
}

/** JSON of a response; undefined when there is none. Untyped on purpose: the caller's operation says what it is. */
// oxlint-disable-next-line typescript/no-explicit-any -- the one place where bytes become typed values
async function readJson(response: Response): Promise<any> {
  return response.json().catch(() => undefined);
}
