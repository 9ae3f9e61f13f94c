import { createServer, type RequestListener, type Server } from 'node:http';
import { BodyPace } from './body-pace.ts';

export interface ConnectionLimits {
  /** A connection that neither sends nor takes a byte for this long is closed. */
  readonly idleMs: number;
  /** A connection on which no request follows the last answer for this long is closed. */
  readonly keepAliveMs: number;
  /** The head of a request must be complete this long after its first byte; otherwise it is answered 408 and closed. */
  readonly headMs: number;
  /** A body that brings less than this on average over `idleMs` is answered 408 and closed; 0: it may be as slow as it likes. */
  readonly minBodyBytesPerSecond: number;
  /** How often heads and bodies are looked at. */
  readonly checkPeriodMs: number;
}

const LIMITS: ConnectionLimits = {
  idleMs: 120_000,
  keepAliveMs: 65_000,
  headMs: 60_000,
  minBodyBytesPerSecond: 100,
  checkPeriodMs: 10_000,
};

/**
 * An HTTP server for bodies of any size: a transfer may last as long as it moves, but nobody holds a connection by dripping.
 * Without a limit on the whole request Node would drop the one on its head as well, so both are said.
 */
export function createTransferServer(handler: RequestListener, limits: ConnectionLimits = LIMITS): Server {
  const { idleMs, keepAliveMs, headMs, minBodyBytesPerSecond, checkPeriodMs } = limits;
  const options = {
    requestTimeout: 0,
    headersTimeout: headMs,
    connectionsCheckingInterval: checkPeriodMs,
    keepAliveTimeout: keepAliveMs,
  };
  const pace = new BodyPace({ minBytesPerSecond: minBodyBytesPerSecond, windowMs: idleMs, checkPeriodMs });
  const server = createServer(options, (request, response) => {
    pace.watch(request, response);
    handler(request, response);
  });
  pace.attach(server);
  return server.setTimeout(idleMs);
}
