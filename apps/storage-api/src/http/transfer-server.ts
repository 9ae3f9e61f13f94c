import { createServer, type RequestListener, type Server } from 'node:http';

export interface ConnectionLimits {
  /** A connection that neither sends nor takes a byte for this long is closed. */
  readonly idleMs: number;
  /** The head of a request must be complete this long after its first byte; otherwise it is answered 408 and closed. */
  readonly headMs: number;
  /** How often heads are looked at. */
  readonly checkPeriodMs: number;
}

const LIMITS: ConnectionLimits = { idleMs: 120_000, headMs: 60_000, checkPeriodMs: 10_000 };
const KEEP_ALIVE_MS = 65_000;

/**
 * An HTTP server for bodies of any size: a transfer may last as long as it moves, but nobody holds a connection by dripping headers.
 * Without a limit on the whole request Node would drop the one on its head as well, so both are said.
 */
export function createTransferServer(handler: RequestListener, { idleMs, headMs, checkPeriodMs }: ConnectionLimits = LIMITS): Server {
  const options = {
    requestTimeout: 0,
    headersTimeout: headMs,
    connectionsCheckingInterval: checkPeriodMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  return createServer(options, handler).setTimeout(idleMs);
}
