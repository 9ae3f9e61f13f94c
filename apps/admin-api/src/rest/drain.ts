import type { FastifyInstance } from 'fastify';

/** Longest that running requests are waited for. */
const GRACE_MS = 3500;

/**
 * Returns what closes the server: no new connections, running requests finish, and connections on which nothing runs
 * (also those that never sent a request, as browsers open them in advance) are cut at once.
 */
export function prepareDrain(app: FastifyInstance): () => Promise<void> {
  const { server } = app;
  let running = 0;
  let draining = false;
  const closeWhenIdle = () => {
    if (draining && running === 0) server.closeAllConnections();
  };
  server.on('request', (_request, response) => {
    running += 1;
    response.once('close', () => {
      running -= 1;
      closeWhenIdle();
    });
  });
  return async () => {
    draining = true;
    const closed = app.close();
    closeWhenIdle();
    const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    await closed.finally(() => clearTimeout(late));
  };
}
