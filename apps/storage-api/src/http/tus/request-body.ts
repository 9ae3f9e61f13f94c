import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { failures } from '../../errors.ts';

export interface BodyLimits {
  /** Ends the body early, without an error, when someone else wants the upload. */
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/**
 * The bytes of a request as they arrive. However reading ends, the request itself stays intact, so that it can be answered.
 * @throws ProtocolError EntityTooLarge once there are more than allowed, Aborted when the client went away
 */
export async function* readRequestBody(request: IncomingMessage, { signal, maxBytes }: BodyLimits): AsyncGenerator<Buffer> {
  const body = new PassThrough();
  const stop = () => {
    request.unpipe(body);
    body.end();
  };
  const fail = () => body.destroy(failures.aborted());
  signal.addEventListener('abort', stop, { once: true });
  request.once('error', fail);
  if (signal.aborted) stop();
  else if (request.errored) fail();
  else request.pipe(body);
  let received = 0;
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('bodies are read as bytes');
      received += chunk.length;
      if (received > maxBytes) throw failures.tooLarge();
      yield chunk;
    }
  } finally {
    request.unpipe(body);
    request.off('error', fail);
    signal.removeEventListener('abort', stop);
  }
}
