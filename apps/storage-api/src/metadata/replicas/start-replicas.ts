import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { Metrics } from '../../http/metrics.ts';
import { Database, type DatabaseOptions } from '../database.ts';
import { ObjectLookup } from '../object-lookup.ts';
import { PrimaryPosition } from './primary-position.ts';
import type { Reads } from './reads.ts';
import { Replica } from './replica.ts';
import { ReplicaReads } from './replica-reads.ts';

/** Where what needs no write is read. */
export interface ReadDeps {
  readonly database: Reads;
  readonly lookup: ObjectLookup;
}

export interface ReplicaSettings {
  /** Connection strings of standbys. */
  readonly urls: readonly string[];
  /** Longest that a read waits for a standby to catch up, before the primary answers. */
  readonly maxLagMs: number;
}

interface StartOptions extends Omit<DatabaseOptions, 'url' | 'poolUrl'> {
  readonly database: Database;
  readonly lookup: ObjectLookup;
  readonly settings: ReplicaSettings | undefined;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface StartedReplicas {
  readonly reads: ReadDeps;
  stop(): Promise<void>;
}

/** A standby that is away must be noticed before a request is. */
const MAX_CONNECT_TIMEOUT_MS = 2000;

/** Without replicas, reads are those of the primary itself. */
export function startReplicas(options: StartOptions): StartedReplicas {
  const { database, lookup, settings, metrics, logger, connectTimeoutMs = MAX_CONNECT_TIMEOUT_MS, ...limits } = options;
  if (settings === undefined || settings.urls.length === 0) return { reads: { database, lookup }, stop: async () => {} };
  const primary = new PrimaryPosition(database);
  const replicas = settings.urls.map((url) => {
    const connection = { ...limits, url, logger, connectTimeoutMs: Math.min(connectTimeoutMs, MAX_CONNECT_TIMEOUT_MS) };
    return new Replica({
      name: nameOf(url),
      database: new Database(connection),
      watcher: new Database({ ...connection, maxConnections: 1 }),
      primary,
      maxLagMs: settings.maxLagMs,
      metrics,
      logger,
    });
  });
  for (const replica of replicas) replica.start();
  const reads = new ReplicaReads({ database, primary, replicas, metrics });
  return {
    reads: { database: reads, lookup: new ObjectLookup(reads) },
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop()));
    },
  };
}

/** Host and port: what may be logged of a connection string. */
function nameOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}`;
}
