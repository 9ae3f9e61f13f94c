import { randomUUID } from 'node:crypto';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { StorageDeps } from './deps.ts';
import { failures } from './errors.ts';
import { createAccessLog } from './http/access-log.ts';
import { authenticate, pathOf } from './http/caller.ts';
import { installCors } from './http/cors.ts';
import { documentationRoutes } from './http/documentation/documentation-routes.ts';
import { collectRoutes, type RegisteredRoute } from './http/documentation/registered-routes.ts';
import { installErrorHandler } from './http/error-handler.ts';
import { findExcess } from './http/json-size.ts';
import { renderRoutes } from './http/render/render-routes.ts';
import { bucketRoutes } from './http/rest/bucket-routes.ts';
import { cdnRoutes } from './http/rest/cdn-routes.ts';
import { downloadRoutes } from './http/rest/download-routes.ts';
import { lifecycleRoutes } from './http/rest/lifecycle-routes.ts';
import { objectRoutes } from './http/rest/object-routes.ts';
import { maintenanceRoutes } from './http/rest/maintenance-routes.ts';
import { archiveRoutes } from './http/rest/archive-routes.ts';
import { linkRoutes } from './http/rest/link-routes.ts';
import { quotaRoutes } from './http/rest/quota-routes.ts';
import { webhookRoutes } from './http/rest/webhook-routes.ts';
import { s3KeyRoutes } from './http/rest/s3-key-routes.ts';
import { systemRoutes } from './http/rest/system-routes.ts';
import { uploadRoutes } from './http/rest/upload-routes.ts';
import type { S3Door } from './http/s3/door.ts';
import { S3_MOUNTS } from './http/s3/listeners.ts';
import { closeIdleUntilClosed, mountS3 } from './http/s3/mount.ts';
import { type ConnectionLimits, createTransferServer } from './http/transfer-server.ts';
import { addressOf } from './http/trusted-proxies.ts';
import { tusRoutes } from './http/tus/tus-routes.ts';

const PREFIX = '/storage/v1';
/** More than any request needs, user metadata and a thousand versions to delete included. */
const JSON_LIMITS = { depth: 100, values: 20_000 } as const;
const JSON_EXCESS = { depth: 'is nested deeper than 100 levels', values: 'holds more than 20000 values' } as const;
const JSON_BODY_BYTES = 2_097_152;
const MAX_PARAM_LENGTH = 8192;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The server with all its routes, under `/` and `/storage/v1`; not yet listening. S3 requests never reach the router; without a door there is no S3. */
export async function buildApp(deps: StorageDeps, s3Door: S3Door | null, limits?: ConnectionLimits): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: JSON_BODY_BYTES,
    serverFactory: (handler) => createTransferServer(s3Door === null ? handler : mountS3(s3Door, S3_MOUNTS, handler), limits),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    rewriteUrl: ({ url = '/' }) =>
      url === PREFIX || url.startsWith(`${PREFIX}/`) || url.startsWith(`${PREFIX}?`) ? url.slice(PREFIX.length) || '/' : url,
    genReqId: ({ headers }) => requestIdFrom(headers['x-request-id']) ?? randomUUID(),
    ajv: { customOptions: { coerceTypes: 'array', allowUnionTypes: true, removeAdditional: false } },
    frameworkErrors: (error, _request, { raw }) => {
      raw.writeHead(400, { 'content-type': 'application/json; charset=utf-8' });
      raw.end(JSON.stringify(failures.invalidRequest(withoutQuery(error.message)).toWire()));
    },
  });
  app.decorateRequest('caller', null);
  installCors(app);
  installErrorHandler(app, deps.logger);
  installJsonParser(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const checking = authenticate(request, deps.verifier);
    if (checking === undefined) done();
    return checking;
  });
  installAccessLog(app, deps);
  installDrain(app);
  await installRoutes(app, deps);
  return app;
}

/** The framework quotes the whole address of a request it cannot route; what is behind the question mark may be a token. */
function withoutQuery(message: string): string {
  return message.replace(/\?.*'/s, "'");
}

/** Every route there is, and the document that describes them. */
export async function installRoutes(app: FastifyInstance, deps: StorageDeps): Promise<readonly RegisteredRoute[]> {
  const routes = collectRoutes(app);
  systemRoutes(app, deps);
  bucketRoutes(app, deps);
  lifecycleRoutes(app, deps);
  objectRoutes(app, deps);
  downloadRoutes(app, deps);
  renderRoutes(app, deps);
  archiveRoutes(app, deps);
  s3KeyRoutes(app, deps);
  linkRoutes(app, deps);
  webhookRoutes(app, deps);
  quotaRoutes(app, deps);
  maintenanceRoutes(app, deps);
  cdnRoutes(app, deps);
  await app.register((scope) => uploadRoutes(scope, deps));
  await app.register((scope) => tusRoutes(scope, deps));
  documentationRoutes(app, routes, deps.version);
  return routes;
}

function requestIdFrom(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : undefined;
}

/** Clients send `content-type: application/json` with an empty body; that is no error here. */
function installJsonParser(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const excess = findExcess(body, JSON_LIMITS);
    if (body.length === 0) done(null, undefined);
    else if (excess !== null) done(failures.invalidRequest(`body ${JSON_EXCESS[excess]}`));
    else void parse(request, body, done);
  });
}

/** While the server stops, each connection ends with the answer it is waiting for. */
function installDrain(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    closeIdleUntilClosed(app.server);
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done();
  });
}

function installAccessLog(app: FastifyInstance, { logger, metrics, trustedProxies }: StorageDeps): void {
  const accessLog = createAccessLog(logger);
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requests.observe({ method: request.method, route, status: String(reply.statusCode) }, seconds);
    // Of probes too: those of a proxy that has moved make it known before its clients come.
    const remoteAddress = addressOf(request.raw, trustedProxies);
    if (isProbe(request)) return;
    accessLog.info(
      {
        requestId: request.id,
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        role: request.caller?.role,
        remoteAddress,
      },
      'request',
    );
  });
}

function isProbe(request: FastifyRequest): boolean {
  const route = request.routeOptions.url;
  return route === '/status' || route === '/metrics' || (route?.startsWith('/health') ?? false);
}
