import type { JsonSchema } from '@supastor/contract/operations/json-schema';
import { type FastifyInstance, fastify } from 'fastify';
import { installRoutes } from '../../app.ts';
import type { StorageDeps } from '../../deps.ts';
import type { RegisteredRoute } from './registered-routes.ts';
import { renderDocument } from './render-document.ts';

/** All routes, with nothing behind them: registering one reads nothing of what it will need. The app was never started: there is nothing to close. */
export async function installRoutesOnly(): Promise<{ readonly app: FastifyInstance; readonly routes: readonly RegisteredRoute[] }> {
  const app = fastify({ ajv: { customOptions: { coerceTypes: 'array', allowUnionTypes: true } } });
  const nothing: StorageDeps = new Proxy<StorageDeps>(Object.create(null), { get: () => nothing });
  const routes = await installRoutes(app, nothing);
  return { app, routes };
}

/** The OpenAPI document of the storage protocol, without a server. */
export async function renderStorageOpenApi(version: string): Promise<JsonSchema> {
  const { routes } = await installRoutesOnly();
  return renderDocument(routes, version);
}
