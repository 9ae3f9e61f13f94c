import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { PoolClient } from 'pg';
import { adoptSchema } from './adopt/adopt-schema.ts';
import type { Database } from './database.ts';
import { databaseErrorCode } from './database-error.ts';
import { storageSchema } from './migrations/0001-storage-schema.ts';
import { authHelpers } from './migrations/0002-auth-helpers.ts';
import { durability } from './migrations/0003-durability.ts';
import { listing } from './migrations/0004-listing.ts';
import { s3 } from './migrations/0010-s3.ts';
import { resumableUploads } from './migrations/0020-resumable-uploads.ts';
import { webhooks } from './migrations/0030-webhooks.ts';
import { quotas } from './migrations/0031-quotas.ts';
import { distantStores } from './migrations/0050-distant-stores.ts';
import { integrity } from './migrations/0070-integrity.ts';
import { maintenance } from './migrations/0071-maintenance.ts';
import { resumablePartReferences } from './migrations/0079-resumable-part-references.ts';
import { s3AccessKeys } from './migrations/0080-s3-access-keys.ts';
import { versioning } from './migrations/0040-versioning.ts';
import { versionPolicies } from './migrations/0041-version-policies.ts';
import { versionListing } from './migrations/0042-version-listing.ts';
import { versionPositions } from './migrations/0043-version-positions.ts';
import { lifecycle } from './migrations/0044-lifecycle.ts';
import { currentMarkers } from './migrations/0045-current-markers.ts';
import { oneCurrentVersion } from './migrations/0049-one-current-version.ts';
import { s3BucketSettings } from './migrations/0081-s3-bucket-settings.ts';
import { referencesByBytes } from './migrations/0063-references-by-bytes.ts';
import { sqlHelpers } from './migrations/0060-sql-helpers.ts';
import { keysByBytes } from './migrations/0061-keys-by-bytes.ts';
import { upstreamHistory } from './migrations/0062-upstream-history.ts';
import { upstreamPlaces } from './migrations/0064-upstream-places.ts';
import { orphanedPlaces } from './migrations/0065-orphaned-places.ts';
import { restoredRows } from './migrations/0066-restored-rows.ts';
import type { Migration } from './migrations/migration.ts';
import { signedLinks } from './migrations/0090-signed-links.ts';

/** All migrations in order. */
export const MIGRATIONS: readonly Migration[] = [
  storageSchema,
  authHelpers,
  durability,
  listing,
  s3,
  resumableUploads,
  webhooks,
  quotas,
  distantStores,
  integrity,
  referencesByBytes,
  resumablePartReferences,
  s3AccessKeys,
  versioning,
  versionPolicies,
  versionListing,
  versionPositions,
  lifecycle,
  s3BucketSettings,
  maintenance,
  sqlHelpers,
  keysByBytes,
  upstreamHistory,
  oneCurrentVersion,
  upstreamPlaces,
  orphanedPlaces,
  restoredRows,
  signedLinks,
  currentMarkers,
];

const APPLIED_TABLE =
  'create table if not exists storage.supastor_migrations (name text primary key, applied_at timestamptz not null default now());';
const LOCK_KEY = 730_517_001;
const TABLE_MISSING = new Set(['42P01', '3F000']);

/**
 * Brings the schema up to date and returns the names of what was applied. With the schema current it costs one query.
 * Any number of servers may start at once: they queue on an advisory lock, for as long as it takes, and each migration runs once, in its
 * own transaction. A schema of the original is taken over first.
 * @throws SupastorError SJ_SCHEMA_REFUSED when it cannot be
 */
export async function migrate(
  database: Database,
  logger: Logger,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> {
  return database.script(async (client) => {
    if (pending(migrations, await appliedNames(client)).length === 0) return [];
    await client.query('set statement_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    try {
      return await applyPending(client, logger, migrations);
    } finally {
      await client.query('select pg_advisory_unlock($1)', [LOCK_KEY]);
      await client.query('reset statement_timeout');
    }
  });
}

async function applyPending(client: PoolClient, logger: Logger, migrations: readonly Migration[]): Promise<readonly string[]> {
  await adoptSchema(client, { migrations: MIGRATIONS, prepare: APPLIED_TABLE, logger });
  const todo = pending(migrations, await appliedNames(client));
  for (const { name, sql } of todo) {
    try {
      await client.query(`begin; create schema if not exists storage; ${APPLIED_TABLE}`);
      await client.query(sql);
      await client.query('insert into storage.supastor_migrations (name) values ($1)', [name]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
    logger.info({ migration: name }, 'migration applied');
  }
  return todo.map(({ name }) => name);
}

function pending(migrations: readonly Migration[], applied: ReadonlySet<string>): readonly Migration[] {
  return migrations.filter(({ name }) => !applied.has(name));
}

async function appliedNames(client: PoolClient): Promise<ReadonlySet<string>> {
  try {
    const { rows } = await client.query<{ name: string }>('select name from storage.supastor_migrations');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (TABLE_MISSING.has(databaseErrorCode(error) ?? '')) return new Set();
    throw error;
  }
}
