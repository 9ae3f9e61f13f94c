import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunksOf, describeBlobStore } from '../../testing/blob-store-contract.ts';
import { PART_BYTES, type S3Backend, startS3Backend } from '../../testing/s3-backend.ts';
import { startS3StoreBench, type S3StoreBench } from '../../testing/s3-store-bench.ts';
import { SILENT } from '../../testing/test-database.ts';
import { sweepDeadInstances } from '../collector.ts';
import { registerInstance } from '../instance-registry.ts';
import { createVersionId } from '../version-id.ts';

const SIZES = [0, 1, 65_537, 262_144, 262_145, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES];

let backend: S3Backend;

beforeAll(async () => {
  backend = await startS3Backend();
});
afterAll(() => backend.stop());

describeBlobStore('a bucket', async () => startS3StoreBench({ ...backend.settings, prefix: 'contract/' }), SIZES);

const keysUnder = (prefix: string) => backend.keysUnder(prefix);
const uploadsUnder = (prefix: string) => backend.uploadsUnder(prefix);

describe('what a server that died had under way', () => {
  test('is removed by another: parts, objects without a row, and the notes of both', async () => {
    const bench = await startS3StoreBench({ ...backend.settings, prefix: 'dead/' });
    try {
      const { database, pool } = bench.db;
      const [half, whole] = [createVersionId(), createVersionId()];
      const body = randomBytes(2 * PART_BYTES);
      await bench.store.stage(half, chunksOf(body), { maxBytes: body.length });
      await (await bench.store.stage(whole, chunksOf(randomBytes(10)), { maxBytes: 10 })).publish();
      expect(await uploadsUnder('dead/')).toBe(1);
      expect(await keysUnder('dead/blobs/')).toHaveLength(1);
      await pool.query('delete from storage.instances');
      await bench.store.adoptInstance(await registerInstance(database));
      await sweepDeadInstances({ database, store: bench.store, logger: SILENT });
      expect(await uploadsUnder('dead/')).toBe(0);
      expect(await keysUnder('dead/blobs/')).toEqual([]);
      expect(await bench.unfinished()).toBe(0);
      // A request of the dead server may still be on its way: what it writes is removed later.
      const { rows } = await pool.query('select version from storage.retired_blobs where retired_at > now() order by version');
      expect(rows).toEqual([half, whole].toSorted().map((version) => ({ version })));
    } finally {
      await bench.stop();
    }
  });

  test('cannot be continued by it, should it come back', async () => {
    const bench = await startS3StoreBench({ ...backend.settings, prefix: 'zombie/' });
    try {
      const staged = await bench.store.stage(createVersionId(), chunksOf(randomBytes(10)), { maxBytes: 10 });
      await bench.db.pool.query('delete from storage.instances');
      await expect(staged.publish()).rejects.toMatchObject({ protocolCode: 'SlowDown' });
      expect(await keysUnder('zombie/blobs/')).toEqual([]);
    } finally {
      await bench.stop();
    }
  });
});

describe('a bucket', () => {
  let bench: S3StoreBench;

  beforeAll(async () => {
    bench = await startS3StoreBench({ ...backend.settings, prefix: 'keys/' });
  });
  afterAll(() => bench.stop());

  test('holds keys of version ids under the prefix, and nothing on the local disk', async () => {
    const version = createVersionId();
    const body = randomBytes(2 * PART_BYTES + 5);
    const staged = await bench.store.stage(version, chunksOf(body), { maxBytes: body.length });
    expect(await uploadsUnder('keys/')).toBe(1);
    await staged.publish();
    expect(await uploadsUnder('keys/')).toBe(0);
    expect(await keysUnder('keys/blobs/')).toEqual([`keys/blobs/${version.slice(-2)}/${version}`]);
    expect(await readdir(backend.settings.spoolDirectory)).toEqual([]);
  });

  test('of another database is refused', async () => {
    await expect(startS3StoreBench({ ...backend.settings, prefix: 'keys/' })).rejects.toThrow('of another database');
  });

  test('that does not exist, or keys that are wrong, are named', async () => {
    const wrongKey = { accessKeyId: 'NOBODY', secretAccessKey: 'x'.repeat(40), sessionToken: undefined };
    await expect(startS3StoreBench({ ...backend.settings, bucket: 'missing' })).rejects.toThrow(/"missing".*NoSuchBucket/);
    await expect(startS3StoreBench({ ...backend.settings, credentials: wrongKey })).rejects.toThrow('InvalidAccessKeyId');
  });
});
