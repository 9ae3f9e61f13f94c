import type { RateLimiter, RateVerdict } from '@supastor/core/limits/rate-limiter';
import { addressKey, refuseBeyond } from '@supastor/core/operations/limit-operations';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Counts every request from an address, before anything of it is looked at; health checks are free. */
export function registerRateLimits(
  app: FastifyInstance,
  { limiter, perAddress }: { readonly limiter: RateLimiter; readonly perAddress: number },
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/health/')) return;
    const verdict = limiter.take(addressKey(request.ip), perAddress);
    if (verdict.limit > 0) noteLimit(reply, verdict);
    refuseBeyond(verdict, 'requests from this address');
  });
}

/** Tells the client of a limit, unless it knows of one that ends sooner. */
export function noteLimit(reply: FastifyReply, { limit, remaining, resetSeconds }: RateVerdict): void {
  if (reply.sent) return;
  const known = reply.getHeader('ratelimit-remaining');
  if (typeof known === 'string' && Number(known) <= remaining) return;
  void reply.headers({
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  });
}
