import type { FastifyInstance, FastifyReply } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import { step } from '../../metadata/step.ts';

const PING = { name: 'ping', text: 'select 1' };
const ABSENT_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const CHECK_TIMEOUT_MS = 2000;

/** Health, version and metrics; and the parts of the protocol that are not switched on here. */
export function systemRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.get('/status', async (_request, reply) => reply.code(200).send());
  app.get('/version', async (_request, reply) => reply.type('text/plain').send(deps.version));
  app.get('/health/live', async () => ({ healthy: true }));
  app.get('/health', async (_request, reply) => sendHealth(deps, reply));
  app.get('/health/ready', async (_request, reply) => sendHealth(deps, reply));

  app.get('/metrics', async (_request, reply) => {
    const { total, idle, waiting } = deps.database.stats();
    deps.metrics.databaseConnections.set({ state: 'used' }, total - idle);
    deps.metrics.databaseConnections.set({ state: 'idle' }, idle);
    deps.metrics.databaseConnections.set({ state: 'waiting' }, waiting);
    return reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics());
  });

  for (const feature of ['vector', 'iceberg']) {
    for (const url of [`/${feature}`, `/${feature}/*`]) {
      app.route({ method: ABSENT_METHODS, url, handler: () => Promise.reject(failures.featureDisabled(feature)) });
    }
  }
}

async function sendHealth({ database, blobs, isStopping }: StorageDeps, reply: FastifyReply): Promise<FastifyReply> {
  const [db, store] = await Promise.all([check(database.read(step(PING))), check(blobs.check())]);
  const healthy = db === null && store === null && !isStopping();
  return reply.code(healthy ? 200 : 503).send({
    healthy,
    dependencies: { database: { healthy: db === null, detail: db }, store: { healthy: store === null, detail: store } },
  });
}

/** Null when all is well, else what is wrong in words that may be shown. */
async function check(work: Promise<void>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), CHECK_TIMEOUT_MS);
  });
  const done = work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : 'failed'),
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
