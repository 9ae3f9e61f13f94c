import type { Readiness } from '@supastor/contract/wire/health';
import type { FastifyInstance } from 'fastify';

/** `/health/live`: the process answers. `/health/ready`: so do the services it needs; 200 or 503. Open to anyone. */
export function registerHealthRoutes(app: FastifyInstance, check: () => Promise<Readiness>): void {
  app.get('/health/live', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const readiness = await check();
    return reply
      .code(readiness.status === 'ready' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(readiness);
  });
}
