import type { OperationDefinition, OperationOutput, OperationArguments } from '@supastor/contract/operations/define';
import { errorFromProblem, networkError } from './api-error.ts';
import type { OperationRoute } from './operations.ts';
import { API_ROOT, buildRequest } from './request.ts';

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
  const init: RequestInit = {
    method: request.method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(request.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(signal === undefined ? {} : { signal }),
  };
  const first = await send(request.url, init);
  const tired = first.status === 401 && !route.path.startsWith('/session/') && route.name !== 'session.login';
  const response = tired && (await refreshSession()) ? await send(request.url, init) : first;
  const body = await readJson(response);
  if (!response.ok) throw errorFromProblem(response.status, body);
  return body;
}

/** Requests of one moment share one refresh; tabs take turns, because each refresh token works once. */
let refreshing: Promise<boolean> | null = null;

function refreshSession(): Promise<boolean> {
  refreshing ??= inTurn(async () => {
    // Another tab may have been faster; its cookie is ours as well.
    const { ok } = await fetch(`${API_ROOT}/session`, { credentials: 'same-origin' });
    if (ok) return true;
    const { ok: refreshed } = await fetch(`${API_ROOT}/session/refresh`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return refreshed;
  })
    .catch(() => false)
    .finally(() => (refreshing = null));
  return refreshing;
}

/** Locks exist in secure contexts only; elsewhere tabs may meet, and the later one has to sign in again. */
function inTurn(task: () => Promise<boolean>): Promise<boolean> {
  return 'locks' in navigator ? navigator.locks.request('supastor-refresh', task) : task();
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
