import type { JsonSchema } from '@supastor/contract/operations/json-schema';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

/** A route as Fastify knows it. */
export interface RegisteredRoute {
  readonly method: string;
  readonly url: string;
  readonly params: JsonSchema | undefined;
  readonly query: JsonSchema | undefined;
  readonly body: JsonSchema | undefined;
  readonly config: FastifyContextConfig;
}

/** Collects every route that is registered from now on; the list grows as they come. */
export function collectRoutes(app: FastifyInstance): readonly RegisteredRoute[] {
  const routes: RegisteredRoute[] = [];
  app.addHook('onRoute', ({ method, url, schema, config = {} }) => {
    const { params, querystring, body } = schema ?? {};
    const shared = { url, params: asSchema(params), query: asSchema(querystring), body: asSchema(body), config };
    for (const each of [method].flat()) routes.push({ method: each, ...shared });
  });
  return routes;
}

function asSchema(value: unknown): JsonSchema | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
