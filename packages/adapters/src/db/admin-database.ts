import { randomUUID } from 'node:crypto';
import type { ApiKeyStore } from '@supastor/core/access/api-key.port';
import type { RevocationStore } from '@supastor/core/access/revoked-sessions';
import type { SessionStore } from '@supastor/core/access/session-registry';
import type { AuditStore } from '@supastor/core/audit/audit-store.port';
import type { EventLog } from '@supastor/core/events/event-log.port';
import type { IdempotencyStore } from '@supastor/core/idempotency/idempotency.port';
import type { RateStore } from '@supastor/core/limits/rate.port';
import type { LeaseStore } from '@supastor/core/locks/lease.port';
import type { ObjectCatalogue } from '@supastor/core/catalogue/object-catalogue.port';
import type { AlertStore } from '@supastor/core/monitoring/alert-store.port';
import type { MetricStore } from '@supastor/core/monitoring/metric-store.port';
import type { JobStore } from '@supastor/core/jobs/job.port';
import type { ScheduleStore } from '@supastor/core/jobs/schedule.port';
import type { ObjectFeed } from '@supastor/core/objects/object-feed.port';
import type { PolicyStore } from '@supastor/core/policies/policy-store.port';
import { createApiKeyStore } from './api-key-store.ts';
import { createAuditStore } from './audit-store.ts';
import { createEventStore } from './events/event-store.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createIdentityStores, type IdentityStores } from './identity-stores.ts';
import { createLeaseStore } from './lease-store.ts';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { migrate } from './migrate.ts';
import { createObjectCatalogue } from './catalogue/object-catalogue.ts';
import { createJobStore } from './jobs/job-store.ts';
import { createScheduleStore } from './jobs/schedule-store.ts';
import { createRateStore } from './limits/rate-store.ts';
import { createAlertStore } from './monitoring/alert-store.ts';
import { createBusinessFacts, type ReadBusinessFacts } from './monitoring/business-facts.ts';
import { createMetricStore } from './monitoring/metric-store.ts';
import { createPostgresFacts, type ReadPostgresFacts } from './monitoring/postgres-facts.ts';
import { createObjectFeed } from './object-events.ts';
import { createPolicyStore } from './policies/policy-store.ts';
import { createTransact } from './transaction.ts';
import { PRESENCE_LOCK_CLASS } from './presence.ts';
import type { Query, Transact } from './query.ts';
import { createRevocationStore, createSessionStore } from './session-store.ts';

const CONNECT_TIMEOUT_MS = 3000;
const APPLICATION = 'supastor-admin';

/** Connections of the control plane to Postgres, opened when first needed. */
export interface AdminDatabase {
  /** Resolves when Postgres answers a query. */
  ping(): Promise<void>;
  /** Revoked sessions in `supastor.revoked_sessions`. */
  readonly revocations: RevocationStore;
  readonly sessions: SessionStore;
  readonly apiKeys: ApiKeyStore;
  readonly identity: IdentityStores;
  readonly audit: AuditStore;
  readonly idempotency: IdempotencyStore;
  readonly leases: LeaseStore;
  /** Changes of objects, when our own storage server keeps its tables in this database. */
  readonly objectFeed: ObjectFeed;
  readonly events: EventLog;
  /** Requests counted by all servers. */
  readonly rates: RateStore;
  readonly jobs: JobStore;
  readonly schedules: ScheduleStore;
  /** What was measured of all services. */
  readonly metrics: MetricStore;
  /** Alerts of all servers. */
  readonly alerts: AlertStore;
  readonly business: ReadBusinessFacts;
  /** What Postgres says of itself and of what storage keeps in it. */
  readonly facts: ReadPostgresFacts;
  readonly catalogue: ObjectCatalogue;
  /** Row-level security of schema `storage`. */
  readonly policies: PolicyStore;
  close(): Promise<void>;
}

/** @param url Connection string of a role that may create the schema `supastor`, or owns it. The schema is migrated before its first use. */
export function createAdminDatabase({
  url,
  processId = randomUUID(),
  onIdleError,
}: {
  readonly url: string;
  /** Id of this process; left out: a new one. */
  readonly processId?: string;
  readonly onIdleError: (error: Error) => void;
}): AdminDatabase {
  let pool: Promise<Pool> | null = null;
  let migrated: Promise<void> | null = null;
  const connect = () => (pool ??= openPool(url, onIdleError));
  const query: Query = async (sql, values) => (await connect()).query(sql, values ? [...values] : undefined);

  const transact: Transact = async (work) => {
    const client = await (await connect()).connect();
    try {
      const result = await inTransaction(client, work);
      client.release();
      return result;
    } catch (error) {
      await rollBack(client);
      throw error;
    }
  };

  /** Our own schema is there; tried again next time if that failed. */
  async function ready(): Promise<void> {
    migrated ??= migrate((work) => transactPatiently(url, work)).catch((error: unknown) => {
      migrated = null;
      throw error;
    });
    await migrated;
  }

  const ownQuery: Query = async (sql, values) => {
    await ready();
    return query(sql, values);
  };
  const transactRaw = createTransact(async () => {
    await ready();
    return (await connect()).connect();
  });
  const ownTransact: Transact = async (work) => {
    await ready();
    return transact(work);
  };

  const leases = createLeaseStore(ownQuery);
  return {
    async ping() {
      await query('select 1');
    },
    objectFeed: createObjectFeed({ query, ownQuery, leases, owner: processId }),
    events: createEventStore(ownQuery),
    rates: createRateStore(ownQuery),
    catalogue: createObjectCatalogue(transactRaw),
    metrics: createMetricStore(ownQuery),
    alerts: createAlertStore(ownQuery, ownTransact),
    business: createBusinessFacts(ownQuery),
    facts: createPostgresFacts(query),
    jobs: createJobStore(ownQuery, ownTransact, PRESENCE_LOCK_CLASS),
    schedules: createScheduleStore(ownQuery),
    policies: createPolicyStore(transactRaw),
    audit: createAuditStore(ownQuery, PRESENCE_LOCK_CLASS),
    idempotency: createIdempotencyStore(ownQuery, PRESENCE_LOCK_CLASS),
    leases,
    revocations: createRevocationStore(ownQuery),
    sessions: createSessionStore(ownQuery),
    apiKeys: createApiKeyStore(ownQuery),
    identity: createIdentityStores(ownQuery, ownTransact),
    async close() {
      await (await pool)?.end();
    },
  };
}

async function inTransaction<T>(client: ClientBase, work: (query: Query) => Promise<T>): Promise<T> {
  await client.query('begin');
  const result = await work((sql, values) => client.query(sql, values ? [...values] : undefined));
  await client.query('commit');
  return result;
}

/**
 * For migrations: on a connection of its own, without the time limit of queries. Rewriting a large table may take minutes, and so may
 * waiting for another server that does it. Without a commit the end of the connection takes everything back.
 */
async function transactPatiently<T>(connectionString: string, work: (query: Query) => Promise<T>): Promise<T> {
  const { PostgresClient } = await import('../postgres-tls/postgres-client.ts');
  const client = new PostgresClient({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: APPLICATION });
  // Its loss is reported by the query that meets it.
  client.on('error', () => {});
  try {
    await client.connect();
    return await inTransaction(client, work);
  } finally {
    await client.end().catch(() => {});
  }
}

async function openPool(connectionString: string, onIdleError: (error: Error) => void): Promise<Pool> {
  const [{ default: pg }, { PostgresClient }] = await Promise.all([import('pg'), import('../postgres-tls/postgres-client.ts')]);
  const pool = new pg.Pool({
    connectionString,
    Client: PostgresClient,
    max: 4,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: 5000,
    application_name: APPLICATION,
  });
  pool.on('error', onIdleError);
  return pool;
}

/** Gives the connection back as it was; one that cannot even roll back is thrown away. */
async function rollBack(client: PoolClient): Promise<void> {
  await client.query('rollback').then(
    () => client.release(),
    () => client.release(true),
  );
}
