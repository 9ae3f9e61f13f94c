import type { Identity } from '@supastor/core/access/identity';
import type { Caller } from '@supastor/core/operations/context';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noteLimit } from './rate-limits.ts';

export interface CallerOptions {
  readonly identity: Identity | null;
  /** Reads stop when the client goes away; changes run to their end, so that nothing is left half-made. */
  readonly abortWhenGone: boolean;
}

/** Describes the client of an HTTP request to the operation router. */
export function callerOf(request: FastifyRequest, reply: FastifyReply, { identity, abortWhenGone }: CallerOptions): Caller {
  const { raw } = reply;
  const gone = new AbortController();
  if (abortWhenGone) {
    raw.once('close', () => {
      if (!raw.writableFinished) gone.abort();
    });
  }
  return {
    identity,
    requestId: request.id,
    ip: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 256) ?? null,
    signal: gone.signal,
    onLimit: (verdict) => noteLimit(reply, verdict),
    afterAnswer: (task) => void raw.once('close', () => setImmediate(task)),
  };
}
