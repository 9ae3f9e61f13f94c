import { S3Store } from '../blobs/s3/s3-store.ts';
import type { S3StoreSettings } from '../blobs/s3/settings.ts';
import { registerInstance } from '../blobs/instance-registry.ts';
import type { StoreBench } from './blob-store-contract.ts';
import { SILENT, startTestDatabase, type TestDatabase } from './test-database.ts';

export interface S3StoreBench extends StoreBench {
  readonly store: S3Store;
  readonly db: TestDatabase;
}

/** A store on the given bucket with a database of its own, and without a server around it. */
export async function startS3StoreBench(settings: S3StoreSettings): Promise<S3StoreBench> {
  const db = await startTestDatabase();
  const { database } = db;
  const opening = S3Store.open({ settings, database, logger: SILENT, instanceId: await registerInstance(database) });
  const store = await opening.catch(async (error: unknown) => {
    await db.stop();
    throw error;
  });
  return {
    store,
    db,
    async unfinished() {
      await store.listIntents(store.instanceId);
      const { rows } = await db.pool.query<{ count: number }>('select count(*)::int as count from storage.blob_intents');
      return rows[0]?.count ?? 0;
    },
    async stop() {
      await store.stop();
      await db.stop();
    },
  };
}
