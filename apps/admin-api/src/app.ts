import fastifyCookie from '@fastify/cookie';
import { SupastorError } from '@supastor/contract/errors';
import type { Readiness } from '@supastor/contract/wire/health';
import type { RateLimiter } from '@supastor/core/limits/rate-limiter';
import type { IdSource } from '@supastor/core/operations/ports';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { type GraphqlRouteDeps, registerGraphqlRoute } from './graphql/graphql-route.ts';
import { registerBatchRoute } from './rest/batch-route.ts';
import type { KeyRing } from './access/key-ring.ts';
import { registerDashboardRoutes, type ServePage } from './rest/dashboard-routes.ts';
import { registerDocsRoutes } from './rest/docs-routes.ts';
import { registerCrossOrigin } from './rest/cross-origin.ts';
import { registerHealthRoutes } from './rest/health-routes.ts';
import { type RestDoorDeps, registerOperationRoutes } from './rest/operation-routes.ts';
import { type MetricsRouteDeps, registerMetricsRoute } from './rest/metrics-route.ts';
import { registerRateLimits } from './rest/rate-limits.ts';
import { sendProblem } from './rest/problem.ts';
import { registerSecurityHeaders } from './rest/security-headers.ts';
import type { ConnectionLimits } from './options.ts';
import { type EventsRouteDeps, registerEventsRoute } from './ws/events-route.ts';

export interface AppDeps extends RestDoorDeps, MetricsRouteDeps, EventsRouteDeps, GraphqlRouteDeps {
  readonly readiness: () => Promise<Readiness>;
  /** Keys that check session tokens. */
  readonly publicKeys: KeyRing['publicKeys'];
  readonly ids: IdSource;
  readonly logger: FastifyBaseLogger;
  /** Addresses or networks of proxies whose X-Forwarded-* headers are believed; empty: none. */
  readonly trustedProxies: readonly string[];
  readonly connections: ConnectionLimits;
  /** Origins whose pages may call the API with a bearer token. */
  readonly corsOrigins: readonly string[];
  readonly limiter: RateLimiter;
  /** Requests from one address in a minute; 0: any number. */
  readonly requestsPerAddress: number;
  /** Directory of the built dashboard; null: only the API. */
  readonly dashboardDir: string | null;
  /** URL browsers reach storage at; pages may connect to it. */
  readonly storageUrl: string;
}

const MAX_BODY_BYTES = 1_048_576;
const MAX_HEAD_MS = 15_000;
const MAX_CHECK_PERIOD_MS = 5000;

/** Builds the HTTP server with all its doors; it does not listen yet. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { requestMs, idleMs } = deps.connections;
  const app = Fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => deps.ids.next(),
    trustProxy: deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: requestMs,
    connectionTimeout: idleMs,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true },
    http: {
      headersTimeout: Math.min(MAX_HEAD_MS, requestMs),
      maxHeaderSize: 32_768,
      connectionsCheckingInterval: Math.min(MAX_CHECK_PERIOD_MS, requestMs / 4),
    },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
  });
  acceptOnlyJson(app);
  registerSecurityHeaders(app);
  registerCrossOrigin(app, deps.corsOrigins);
  registerRateLimits(app, { limiter: deps.limiter, perAddress: deps.requestsPerAddress });
  logRequests(app);
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  await app.register(fastifyCookie);
  await registerEventsRoute(app, deps);
  registerHealthRoutes(app, deps.readiness);
  registerMetricsRoute(app, deps);
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send({ keys: await deps.publicKeys() }),
  );
  registerOperationRoutes(app, deps);
  registerBatchRoute(app, deps);
  registerGraphqlRoute(app, deps);
  registerDocsRoutes(app);
  const { dashboardDir: dir, storageUrl } = deps;
  answerUnknownRoutes(app, dir === null ? async () => false : await registerDashboardRoutes(app, { dir, storageUrl }));
  return app;
}

/** Bodies are JSON or nothing: no form or text body can reach an operation from a plain cross-site form. */
function acceptOnlyJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') done(null, {});
    else void parseJson(request, text, done);
  });
}

function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      ip: request.ip,
    };
    if (request.routeOptions.url?.startsWith('/health') === true) request.log.trace(fields, 'request answered');
    else request.log.info(fields, 'request answered');
  });
}

function answerUnknownRoutes(app: FastifyInstance, servePage: ServePage): void {
  app.setNotFoundHandler(async (request, reply) => {
    if (!(await servePage(request, reply))) sendProblem(unknownRoute(request.method, request.url), request, reply);
    return reply;
  });
}

function unknownRoute(method: string, url: string): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', `There is no route ${method} ${url.split('?')[0]}.`, {
    hint: 'The routes are listed at /docs.',
  });
}
