import type { Logger } from '@supastor/adapters/telemetry/logger';
import { type HmacAlgorithm, type Jwks, secretKey } from './access/key-set.ts';
import { TokenVerifier } from './access/token-verifier.ts';
import { UrlSigner } from './access/url-signer.ts';
import { buildApp } from './app.ts';
import { Collector, sweepDeadInstances } from './blobs/collector.ts';
import { Doubts } from './blobs/doubts.ts';
import { registerInstance, retireInstance } from './blobs/instance-registry.ts';
import { withReadCache } from './blobs/read-cache.ts';
import type { S3StoreSettings } from './blobs/s3/settings.ts';
import { CdnPurger, type CdnSettings } from './cdn/cdn-purger.ts';
import { readThrough } from './blobs/upstream/read-through.ts';
import { UpstreamReader } from './blobs/upstream/upstream-reader.ts';
import type { StorageDeps } from './deps.ts';
import { createMetrics } from './http/metrics.ts';
import type { S3Settings } from './http/s3/call.ts';
import type { ConnectionLimits } from './http/transfer-server.ts';
import { createTrustedProxies } from './http/trusted-proxies.ts';
import { createS3Door } from './http/s3/door.ts';
import { ExpiryNotice } from './http/s3/expiry-notice.ts';
import { openRootListener } from './http/s3/mount.ts';
import { RenderRate } from './http/render/render-rate.ts';
import { StaleUploads } from './http/s3/stale-uploads.ts';
import { createImageRenderer, type ImageSettings } from './images/create-image-renderer.ts';
import { LifecycleRunner } from './lifecycle/lifecycle-runner.ts';
import { startLinks } from './links/start-links.ts';
import { Database, type DatabaseOptions } from './metadata/database.ts';
import { migrate } from './metadata/migrate.ts';
import { ObjectInserts } from './metadata/object-inserts.ts';
import { ObjectLookup } from './metadata/object-lookup.ts';
import { type ReplicaSettings, startReplicas } from './metadata/replicas/start-replicas.ts';
import { DamageReports } from './integrity/damage-reports.ts';
import { Maintenance, type MaintenanceSettings } from './integrity/maintenance.ts';
import { Quarantine } from './integrity/quarantine.ts';
import { openStore, openUpstream, type UpstreamSettings } from './open-store.ts';
import { startS3Keys } from './s3-keys/start-s3-keys.ts';
import { createResumable } from './uploads/create-resumable.ts';
import { startWebhooks } from './webhooks/start-webhooks.ts';
import type { WebhookSettings } from './webhooks/dispatcher.ts';
import type { PostSettings } from './webhooks/targets.ts';

/** What small objects that are read often may take of the memory. */
const READ_CACHE_BYTES = 16 * 1024 * 1024;

export interface StorageApiOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly databaseUrl: string;
  /** The same database through a pooler in transaction mode, for requests; what needs a session goes to `databaseUrl`. */
  readonly poolUrl?: string | undefined;
  readonly maxConnections: number;
  /** Standbys of the same Postgres that may answer reads; absent: none. */
  readonly replicas?: ReplicaSettings | undefined;
  /** Key of access tokens, and of signed links unless `jwks` has one for them. */
  readonly jwtSecret: string;
  /** How tokens are signed with the secret; HS256 when absent. */
  readonly jwtAlgorithm?: HmacAlgorithm;
  /** Further keys that are valid at the same time. */
  readonly jwks?: Jwks | undefined;
  /** Database roles that tokens may name. */
  readonly roles: readonly string[];
  /** Directory of the file store. */
  readonly storePath: string;
  /** Space that uploads leave free on its disk, at most a twentieth of it; none when absent. */
  readonly diskReserveBytes?: number;
  /** Keeps bytes in a bucket of another S3 service instead. */
  readonly s3Store?: S3StoreSettings | undefined;
  /** Where the original has stored the bytes of a database that was taken over; absent: they are not read. */
  readonly upstream?: UpstreamSettings | undefined;
  /** Time-outs of connections to Postgres; absent: the defaults. */
  readonly databaseTimeouts?: Pick<DatabaseOptions, 'connectTimeoutMs' | 'statementTimeoutMs' | 'idleTimeoutMs'>;
  readonly maxUploadBytes: number;
  /** Largest object that REST takes in one request; as `maxUploadBytes` when absent. */
  readonly maxStandardBytes?: number;
  /** Buckets with more objects are not emptied; absent or null: any are. */
  readonly maxEmptied?: number | null;
  /** Requests per second that one address may make for one image; absent or null: any number. */
  readonly renderRate?: number | null;
  readonly uploadLinkSeconds: number;
  /** Bytes stay this long after their object was replaced or deleted. */
  readonly retiredGraceSeconds: number;
  readonly eventRetentionSeconds: number;
  readonly collectPeriodMs: number;
  /** Uploads in parts are over after this long. */
  readonly resumableExpirationMs: number;
  /** Base URL that clients use, without `/storage/v1`; else each request says. */
  readonly publicUrl: string | undefined;
  /** Null turns image transformation off. */
  readonly images: ImageSettings | null;
  /** Absent: this server sends none; others on the same database may. */
  readonly webhooks?: WebhookSettings;
  /** Absent: S3 requests need a stored access key. */
  readonly s3?: S3Options;
  /** Seals the secrets of stored access keys; the JWT secret when absent. */
  readonly encryptionKey?: string | undefined;
  /** Sealed secrets before. */
  readonly retiredEncryptionKeys?: readonly string[];
  /** Addresses, ranges and names of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** How slow clients may be; absent: the defaults. */
  readonly connections?: ConnectionLimits;
  /** Absent: scans and scrubs on request only. */
  readonly maintenance?: MaintenanceSettings;
  /** Absent or null: there is no cache in front that can be purged. */
  readonly cdn?: CdnSettings | null;
  readonly version: string;
  /** Whether the server was told to stop; it then says that it is not ready. */
  readonly isStopping?: () => boolean;
  readonly logger: Logger;
}

export interface S3Options extends S3Settings {
  /** False: S3 requests find nothing. */
  readonly isEnabled: boolean;
  /** Port of a second listener that speaks S3 at its root, for tools that refuse a path; null for none, 0 for a free one. */
  readonly rootPort: number | null;
  /** A multipart upload that got no part for this long is given up. */
  readonly uploadExpirySeconds: number;
}

/** How test messages are sent by a server that sends no others. */
const POSTING: PostSettings = { allowPrivate: false, timeoutMs: 10_000, tenantId: 'stub' };

/** Neither a key pair nor session mode. */
const S3_CLOSED: S3Options = {
  isEnabled: true,
  tenantId: 'stub',
  region: 'us-east-1',
  enforceRegion: false,
  trustForwardedHost: false,
  virtualHostDomains: [],
  anonKey: null,
  keyPair: null,
  rootPort: null,
  uploadExpirySeconds: 604_800,
};

const ON_REQUEST: MaintenanceSettings = {
  scanPeriodSeconds: 0,
  scanGraceSeconds: 3600,
  scrubPeriodSeconds: 0,
  scrubBytesPerSecond: 20_000_000,
  quarantineSeconds: 1_209_600,
  importBytesPerSecond: 50_000_000,
};

export interface StorageApi {
  /** Base URL without `/storage/v1`. */
  readonly url: string;
  /** Base URL of the listener that speaks S3 at its root; null without one. */
  readonly s3RootUrl: string | null;
  /** One round of background cleaning, now. */
  collect(): Promise<void>;
  /** Takes no new requests, lets running ones finish, closes everything. */
  stop(): Promise<void>;
}

function createAccess({ jwtSecret, jwtAlgorithm = 'HS256', jwks, roles }: StorageApiOptions): Pick<StorageDeps, 'verifier' | 'signer'> {
  const secret = secretKey(jwtSecret, jwtAlgorithm);
  const keys = [secret, ...(jwks?.keys ?? [])];
  const signer =
    jwks?.urlSigningKey === undefined ? new UrlSigner([secret, ...(jwks?.keys ?? [])]) : new UrlSigner([jwks.urlSigningKey, ...keys]);
  return { verifier: new TokenVerifier({ keys, roles }), signer };
}

/** Secrets sealed under the JWT secret stay open after an encryption key of its own was set. */
function passphrases({ encryptionKey, retiredEncryptionKeys = [], jwtSecret }: StorageApiOptions) {
  return { passphrase: encryptionKey ?? jwtSecret, retiredPassphrases: [...retiredEncryptionKeys, jwtSecret] };
}

/** A store that is away must not keep the server from starting; the collector sweeps as soon as it is back. */
async function sweepAtStart(options: Parameters<typeof sweepDeadInstances>[0]): Promise<void> {
  await sweepDeadInstances(options).catch((error: unknown) => {
    options.logger.warn({ err: error }, 'cleaning up after servers that died is put off');
  });
}

/** Brings the schema up to date, cleans up after servers that died, and listens. Ready when it resolves. */
export async function startStorageApi(options: StorageApiOptions): Promise<StorageApi> {
  const { logger } = options;
  const { databaseUrl, poolUrl, maxConnections, databaseTimeouts, renderRate = null } = options;
  const database = new Database({ ...databaseTimeouts, url: databaseUrl, poolUrl, maxConnections, logger });
  try {
    await migrate(database, logger);
    const { storePath, s3Store, diskReserveBytes: reserveBytes } = options;
    const opened = await openStore({ database, logger, instanceId: await registerInstance(database), storePath, reserveBytes, s3Store });
    const upstream = new UpstreamReader({ database, logger, source: await openUpstream(options.upstream) });
    const { space, loose } = opened;
    const store = readThrough(opened.store, upstream);
    const metrics = createMetrics(s3Store === undefined ? storePath : null);
    await sweepAtStart({ database, store, logger });
    const { retiredGraceSeconds: graceSeconds, eventRetentionSeconds, collectPeriodMs: periodMs } = options;
    const collector = new Collector({ database, store, logger, metrics, graceSeconds, eventRetentionSeconds, periodMs });
    const doubts = new Doubts({ database, store, logger });
    const damage = new DamageReports({ database, blobs: store, logger, metrics });
    const images = options.images === null ? null : createImageRenderer({ blobs: store, damage }, options.images, logger);
    const cdn = options.cdn ? new CdnPurger(options.cdn) : null;
    const staleUploads = new StaleUploads({ database, logger, expirySeconds: (options.s3 ?? S3_CLOSED).uploadExpirySeconds, periodMs });
    const lifecycle = new LifecycleRunner({ database, logger, periodMs });
    const quarantine = new Quarantine({ database, store, loose });
    const settings = options.maintenance ?? ON_REQUEST;
    const places = { store, own: opened.store, upstream, space, loose, quarantine };
    const maintenance = new Maintenance({ ...places, database, staleUploads, logger, metrics, periodMs, settings });
    const reads = withReadCache(store, READ_CACHE_BYTES);
    const access = createAccess(options);
    const trustedProxies = createTrustedProxies(options.trustedProxies ?? []);
    const lookup = new ObjectLookup(database);
    const replicas = startReplicas({ ...databaseTimeouts, database, lookup, settings: options.replicas, maxConnections, metrics, logger });
    const links = startLinks({ database, signer: access.signer, logger });
    const shared = {
      database,
      lookup,
      reads: replicas.reads,
      inserts: new ObjectInserts(database),
      blobs: reads.store,
      damage: reads.watch(damage),
      maintenance,
      quarantine,
      lifecycle,
      ...access,
      links: links.ledger,
      webhooks: { database, posting: options.webhooks ?? POSTING },
      logger,
      metrics,
      maxUploadBytes: options.maxUploadBytes,
      maxStandardBytes: options.maxStandardBytes ?? options.maxUploadBytes,
      maxEmptied: options.maxEmptied ?? null,
      uploadLinkSeconds: options.uploadLinkSeconds,
      images,
      renderRate: renderRate === null ? null : new RenderRate({ perSecond: renderRate, proxies: trustedProxies }),
      trustedProxies,
      cdn,
      version: options.version,
      isStopping: options.isStopping ?? (() => false),
    };
    const s3Keys = await startS3Keys({ database, logger, roles: options.roles, ...passphrases(options) });
    const { publicUrl, resumableExpirationMs: expirationMs } = options;
    const resumable = createResumable(shared, { databaseUrl, space, publicUrl, expirationMs, periodMs });
    const deps: StorageDeps = { ...shared, resumable, s3Keys: s3Keys.deps };
    const s3 = options.s3 ?? S3_CLOSED;
    const s3Door = createS3Door({
      ...deps,
      s3,
      keyDirectory: s3Keys.directory,
      expiry: new ExpiryNotice(database),
    });
    const app = await buildApp(deps, s3.isEnabled ? s3Door : null, options.connections);
    const url = await app.listen({ host: options.host, port: options.port });
    const root =
      s3.rootPort === null ? null : await openRootListener(s3Door, { host: options.host, port: s3.rootPort }, options.connections);
    collector.start();
    doubts.start();
    const webhooks = await startWebhooks(options.webhooks, {
      database,
      databaseUrl,
      logger,
      metrics,
      cdn,
      purgesChanges: options.cdn?.isAutomatic === true,
    });
    staleUploads.start();
    lifecycle.start();
    resumable.collector.start();
    maintenance.start();
    return {
      url,
      s3RootUrl: root?.url ?? null,
      async collect() {
        await doubts.runOnce();
        await collector.runOnce();
        await resumable.collector.runOnce();
        await staleUploads.runOnce();
        await lifecycle.runOnce();
      },
      async stop() {
        cdn?.stop();
        await Promise.all([app.close(), root?.stop()]);
        await maintenance.stop();
        await webhooks?.stop();
        await s3Keys.stop();
        await links.stop();
        await images?.stop();
        await resumable.collector.stop();
        await staleUploads.stop();
        await lifecycle.stop();
        await resumable.locks.stop();
        await collector.stop();
        await doubts.stop();
        await damage.settled();
        await store.stop();
        await replicas.stop();
        await retireInstance(database, store.instanceId).catch((error: unknown) => logger.warn({ err: error }, 'could not sign off'));
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
