import { StorageClient } from '@supabase/storage-js';
import { Client } from 'pg';
import type { StorageProcess } from './storage-process.ts';

/**
 * A Supabase-compatible server that the environment names, instead of ours: SUPASTOR_TEST_STORAGE_URL (with its path, as
 * https://example.org/storage/v1), SUPASTOR_TEST_STORAGE_SERVICE_KEY, SUPASTOR_TEST_STORAGE_JWT_SECRET and
 * SUPASTOR_TEST_STORAGE_DATABASE_URL (a role that may create schemas and act for the owner of storage's tables). It must be empty, and is
 * emptied again.
 */
export const FOREIGN_STORAGE_URL = process.env['SUPASTOR_TEST_STORAGE_URL'];

/** @throws when the environment is incomplete or the server holds something */
export async function openForeignStorage(url: string): Promise<StorageProcess> {
  const [serviceRoleKey, databaseUrl, jwtSecret] = [setting('SERVICE_KEY'), setting('DATABASE_URL'), setting('JWT_SECRET')];
  const client = new StorageClient(url, { authorization: `Bearer ${serviceRoleKey}` });
  const buckets = await list(client);
  if (buckets.length > 0) throw new Error(`the server at ${url} is not for tests: it has the bucket ${buckets[0]}`);
  return {
    url: url.replace(/\/storage\/v1\/?$/, ''),
    databaseUrl,
    serviceRoleKey,
    jwtSecret,
    forAdmin: { storageUrl: url, storagePublicUrl: url, serviceRoleKey, databaseUrl },
    kill: () => Promise.reject(new Error('not ours to kill')),
    async stop() {
      for (const bucket of await list(client)) {
        await client.emptyBucket(bucket);
        await client.deleteBucket(bucket);
      }
      await dropOwnSchemas(databaseUrl);
    },
  };
}

function setting(name: string): string {
  const value = process.env[`SUPASTOR_TEST_STORAGE_${name}`];
  if (!value) throw new Error(`SUPASTOR_TEST_STORAGE_${name} is not set`);
  return value;
}

async function list(client: StorageClient): Promise<readonly string[]> {
  const { data, error } = await client.listBuckets();
  if (error !== null) throw error;
  return data.map(({ id }) => id);
}

/** What the admin API has made there. */
async function dropOwnSchemas(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('drop schema if exists supastor cascade; drop schema if exists supastor_queue cascade').finally(() => client.end());
}
