import { SupastorError } from '@supastor/contract/errors';
import type { JsonRequest } from './json-http.ts';

/** Sends a request and resolves to the body of its answer. */
export type Send = (request: JsonRequest) => Promise<unknown>;

/** Asks for something that only our storage server has. @throws SJ_TARGET_UNSUPPORTED, saying `missing`, when this one has not */
export async function askOurs(
  send: Send,
  request: JsonRequest,
  missing: { readonly message: string; readonly hint: string },
): Promise<unknown> {
  try {
    return await send(request);
  } catch (error) {
    // Servers without these routes answer as to any unknown route; ours names the thing that is missing.
    const isUnknownRoute = error instanceof SupastorError && error.message.startsWith('Route ');
    if (!isUnknownRoute) throw error;
    throw new SupastorError('SJ_TARGET_UNSUPPORTED', missing.message, { hint: missing.hint, cause: error });
  }
}
