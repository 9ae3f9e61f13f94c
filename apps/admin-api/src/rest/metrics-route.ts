import { timingSafeEqual } from 'node:crypto';
import type { Authenticate } from '@supastor/core/access/authenticate';
import { holds } from '@supastor/core/access/grant';
import { requireIdentity } from '@supastor/core/access/identity';
import { SupastorError } from '@supastor/contract/errors';
import type { FastifyInstance } from 'fastify';
import { identify } from '../access/identify.ts';
import { credentialOf } from '../access/session-cookie.ts';

export interface MetricsRouteDeps {
  readonly authenticate: Authenticate;
  /** Also lets in; null: only who holds metrics:read. */
  readonly scrapeToken: string | null;
  /** What this server and the installation expose, in the Prometheus text format. */
  readonly expose: () => Promise<string>;
}

/** `/metrics` for Prometheus: it names buckets and how much is in them, so it is not open to anyone. */
export function registerMetricsRoute(app: FastifyInstance, { authenticate, scrapeToken, expose }: MetricsRouteDeps): void {
  app.get('/metrics', async (request, reply) => {
    const { token } = credentialOf(request);
    if (scrapeToken === null || token === null || !isSame(token, scrapeToken)) {
      const identity = requireIdentity(await identify(request, authenticate));
      if (!holds(identity, 'metrics:read')) throw new SupastorError('SJ_FORBIDDEN', 'This needs the permission metrics:read.');
    }
    return reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(await expose());
  });
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
