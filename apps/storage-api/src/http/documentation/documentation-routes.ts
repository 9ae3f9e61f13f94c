import type { FastifyInstance } from 'fastify';
import type { RegisteredRoute } from './registered-routes.ts';
import { renderDocument } from './render-document.ts';

/** The OpenAPI document of all routes of this server, where the original has it. */
export function documentationRoutes(app: FastifyInstance, routes: readonly RegisteredRoute[], version: string): void {
  let rendered: string | undefined;
  app.get('/documentation/json', async (_request, reply) => {
    rendered ??= JSON.stringify(renderDocument(routes, version));
    return reply.type('application/json; charset=utf-8').send(rendered);
  });
}
