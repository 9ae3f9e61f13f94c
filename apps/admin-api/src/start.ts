import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdminDatabase } from '@supastor/adapters/db/admin-database';
import { EVENTS_CHANNEL } from '@supastor/adapters/db/events/event-store';
import { startPresence } from '@supastor/adapters/db/presence';
import { parseRevocation, REVOKED_CHANNEL } from '@supastor/adapters/db/session-store';
import { createGuardedFetch } from '@supastor/adapters/net/guarded-fetch';
import { createMetaClient } from '@supastor/adapters/postgres-meta/meta-client';
import { createStorageClient } from '@supastor/adapters/storage/storage-client';
import { createSettingsFile } from '@supastor/adapters/config-files/settings-file';
import { createControlClient } from '@supastor/adapters/targets/embedded/control-client';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { VERSION } from '@supastor/contract/version';
import { authoriseByGrants } from '@supastor/core/access/authorise';
import { subscribeReactions } from '@supastor/core/events/subscriptions';
import { cacheStructure, cacheUsage } from '@supastor/core/cache/cached-answers';
import { createReadinessCheck } from '@supastor/core/health/readiness';
import { createIdempotency } from '@supastor/core/idempotency/idempotency';
import { createMemoryIdempotencyStore } from '@supastor/core/idempotency/memory-idempotency-store';
import { createRateLimiter } from '@supastor/core/limits/rate-limiter';
import { createLeases, createMemoryLeaseStore } from '@supastor/core/locks/with-lease';
import { HANDLERS } from '@supastor/core/operations/handlers';
import { limitOperations } from '@supastor/core/operations/limit-operations';
import { createSettings } from '@supastor/core/settings/settings';
import type { SettingsFile } from '@supastor/core/settings/settings-file.port';
import { createOperationRouter } from '@supastor/core/operations/router';
import { createTextSeal } from '@supastor/core/secrets/text-seal';
import { type RunningAccess, startAccess } from './access/start-access.ts';
import { buildApp } from './app.ts';
import { startAudit } from './audit/start-audit.ts';
import { startBackups } from './backups/start-backups.ts';
import { startEvents } from './events/start-events.ts';
import { readQueryAllowList } from './graphql/query-allow-list.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { createOwnMetrics } from './monitoring/own-metrics.ts';
import { startMonitoring } from './monitoring/start-monitoring.ts';
import { noSupervisor } from './no-supervisor.ts';
import type { AdminApiOptions } from './options.ts';
import { prepareDrain } from './rest/drain.ts';
import { startCache } from './start-cache.ts';
import { createLiveHub, type LiveHub } from './ws/live-hub.ts';

export interface RunningAdminApi {
  /** Base URL it listens on. */
  readonly url: string;
  /** Drains: closes sockets, lets running requests finish, saves what is unsaved. */
  stop(): Promise<void>;
}

const IDEMPOTENCY_SWEEP_MS = 600_000;
const LIMIT_SYNC_MS = 1000;
const NOTIFY_MS = 15_000;

/** Builds every part, starts to listen and returns how to stop. */
export async function startAdminApi(options: AdminApiOptions): Promise<RunningAdminApi> {
  const { introspection, allowListPath, maxDepth, maxCost } = options.graphql;
  const allowList = allowListPath === null ? null : readQueryAllowList(allowListPath);
  const logger = createLogger({ service: 'admin', level: options.logLevel });
  const clock = { now: () => Date.now() };
  const ids = { next: () => randomUUID() };
  const issuerId = ids.next();

  const storage = createStorageClient({
    url: options.storageUrl,
    publicUrl: options.storagePublicUrl,
    serviceRoleKey: options.serviceRoleKey,
  });
  const meta = options.metaUrl === null ? null : createMetaClient({ url: options.metaUrl });
  const database =
    options.databaseUrl === null
      ? null
      : createAdminDatabase({
          url: options.databaseUrl,
          processId: issuerId,
          onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
        });
  const control = options.controlSocket === null ? noSupervisor : createControlClient(options.controlSocket);

  let listening = '';
  const publicUrl = () => options.publicUrl ?? listening;
  const access = startAccess({ options, database, processId: issuerId, publicUrl, clock, ids, logger });
  const running = startEvents({ database, processId: issuerId, clock, logger });
  const { events } = running;
  const audit = startAudit({
    database,
    sessionSecret: options.sessionSecret,
    retentionDays: options.auditRetentionDays,
    processId: issuerId,
    clock,
    ids,
    logger,
  });
  const backups = startBackups(options);
  const jobs =
    database === null || options.databaseUrl === null
      ? null
      : startJobs({
          database,
          databaseUrl: options.databaseUrl,
          deps: { storage, maintenance: storage.maintenance, auditLog: audit.log, catalogue: database.catalogue, backups: backups.deps },
          audit: audit.sink,
          lookUp: access.holderOf,
          events,
          processId: issuerId,
          clock,
          ids,
          logger,
        });
  const own = createOwnMetrics();
  const monitoring =
    database === null
      ? null
      : startMonitoring({
          options,
          database,
          own,
          auditLog: audit.log,
          events,
          post: createGuardedFetch({ allowPrivate: options.monitoring.notify.allowPrivate, timeoutMs: NOTIFY_MS, maxBytes: 65_536 }),
          control,
          publicUrl,
          listening: () => listening,
          processId: issuerId,
          clock,
          ids,
          logger,
        });
  const { project, environment, mode, storagePublicUrl: storageUrl } = options;
  const cached = startCache({ ...options, rates: database?.rates ?? null, clock, logger });
  const { cache } = cached;
  const limiter = createRateLimiter({ store: cached.rates, clock, logger });
  const router = createOperationRouter({
    handlers: HANDLERS,
    deps: {
      ...access.deps,
      storage,
      s3Keys: storage.s3Keys,
      links: storage.links,
      webhooks: storage.webhooks,
      quotas: storage.quotas,
      settings: createSettings(settingsFileOf(options)),
      maintenance: storage.maintenance,
      backups: backups.deps,
      control,
      auditLog: audit.log,
      policies: database?.policies ?? null,
      jobs: jobs?.service ?? null,
      schedules: jobs?.schedules ?? null,
      catalogue: database && cacheUsage(database.catalogue, cache),
      metrics: monitoring?.metrics ?? null,
      alerting: monitoring?.alerting ?? null,
      databaseCatalogue: meta && cacheStructure(meta.catalogue, cache),
      info: { version: VERSION, project, environment, mode, storageUrl },
      serviceRoleKey: options.serviceRoleKey,
    },
    authorise: authoriseByGrants,
    audit: audit.sink,
    events,
    clock,
    ids,
    logger,
    measure: own.measure,
  });
  let isStopping = false;
  const readiness = createReadinessCheck({
    version: VERSION,
    clock,
    isStopping: () => isStopping,
    probes: {
      postgres: database && (() => database.ping()),
      storage: (signal) => storage.ping(signal),
      meta: meta && ((signal) => meta.ping(signal)),
      supervisor: options.controlSocket === null ? null : async (signal) => void (await control.status(signal)),
    },
  });
  const live = createLiveHub({ control, events, limits: options.sockets, clock, logger });
  const presence =
    options.databaseUrl === null
      ? null
      : startPresence({
          url: options.databaseUrl,
          processId: issuerId,
          channels: {
            [REVOKED_CHANNEL]: (payload) => learnRevocation(payload, { access, live }),
            [EVENTS_CHANNEL]: () => void events.wake(),
          },
          onConnected: () => void Promise.all([access.sync(), events.wake()]),
        });
  const unsubscribe = subscribeReactions(events, { live, cache });
  const { trustedProxies, dashboardDir } = options;
  const idempotencyStore = database?.idempotency ?? createMemoryIdempotencyStore(clock);
  const idempotency = createIdempotency({
    store: idempotencyStore,
    seal: createTextSeal(options.sessionSecret, 'idempotent answer'),
    owner: issuerId,
    logger,
  });
  const leases = createLeases({
    store: database?.leases ?? createMemoryLeaseStore(clock),
    clock,
    ids,
    sleep,
    onReleaseError: (error) => logger.warn({ err: error }, 'a lock could not be given back; it ends by itself'),
  });
  const app = await buildApp({
    router: limitOperations(router, { limiter, limits: options.limits }),
    idempotency,
    leases,
    graphql: {
      introspection: introspection === 'on' || (introspection === 'auto' && mode !== 'prod'),
      limits: { maxDepth, maxCost },
      allowList,
    },
    authenticate: access.authenticate,
    recheck: access.recheck,
    publicKeys: access.publicKeys,
    readiness,
    scrapeToken: options.monitoring.scrapeToken,
    expose: async () => (await own.registry.metrics()) + ((await monitoring?.expose()) ?? ''),
    live,
    ids,
    logger,
    trustedProxies,
    connections: options.connections,
    corsOrigins: options.corsOrigins,
    limiter,
    requestsPerAddress: options.limits.perAddress,
    dashboardDir,
    storageUrl,
  });
  const drain = prepareDrain(app);
  const sweepTimer = setInterval(() => void idempotencyStore.sweep().catch(() => undefined), IDEMPOTENCY_SWEEP_MS);
  const limitTimer = setInterval(() => void limiter.sync(), LIMIT_SYNC_MS);
  await running.start();
  const url = await app.listen({ host: options.host, port: options.port });
  listening = url;
  void access.sync();
  if (options.monitoring.isEnabled) monitoring?.start();
  logger.info({ url, version: VERSION }, 'admin is ready');

  return {
    url,
    async stop() {
      isStopping = true;
      await sleep(options.drainSeconds * 1000);
      clearInterval(sweepTimer);
      await live.close();
      await drain();
      clearInterval(limitTimer);
      await monitoring?.stop();
      await jobs?.stop();
      backups.stop();
      unsubscribe();
      await running.stop();
      await access.stop();
      await cached.stop();
      await audit.stop();
      await presence?.close();
      storage.close();
      meta?.close();
      await database?.close();
    },
  };
}

/** A server ended a session or an API key, or changed a user: refuse it here too, and close its sockets. */
function learnRevocation(payload: string, { access, live }: { readonly access: RunningAccess; readonly live: LiveHub }): void {
  const entry = parseRevocation(payload);
  if (!entry) return;
  access.learn(entry);
  if (entry.sessionId.startsWith('user:')) live.userChanged(entry.sessionId.slice('user:'.length));
  else live.sessionEnded(entry.sessionId);
}

/** Null: this server was not started from a project on this machine. */
function settingsFileOf({ projectDir, startContextFile: contextFile, environment }: AdminApiOptions): SettingsFile | null {
  return projectDir === null || contextFile === null ? null : createSettingsFile({ projectDir, environment, contextFile });
}
