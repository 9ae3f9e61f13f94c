import { randomBytes, randomUUID } from 'node:crypto';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chunksOf, readBlob } from '../testing/blob-store-contract.ts';
import { FileStore } from './file-store.ts';
import { withReadCache } from './read-cache.ts';
import { createVersionId } from './version-id.ts';

let dir: TempDir;
let store: FileStore;

beforeEach(async () => {
  dir = await createTempDir('reads');
  store = await FileStore.open({ root: dir.path, instanceId: randomUUID() });
});
afterEach(async () => {
  await store.stop();
  await dir.remove();
});

async function put(body: Buffer): Promise<string> {
  const version = createVersionId();
  await (await store.stage(version, chunksOf(body), { maxBytes: body.length })).publish();
  store.settle(version);
  return version;
}

test('a small version is read from memory the second time, whole and in ranges', async () => {
  const reads = withReadCache(store, 1_000_000);
  const body = randomBytes(4096);
  const version = await put(body);
  expect(await readBlob(reads.store, version)).toEqual(body);
  await store.remove(version);
  expect(await readBlob(reads.store, version)).toEqual(body);
  expect(await readBlob(reads.store, version, { start: 10, end: 19 })).toEqual(body.subarray(10, 20));
});

test('only whole reads of small versions are kept', async () => {
  const reads = withReadCache(store, 1_000_000);
  const [ranged, large] = [await put(randomBytes(4096)), await put(randomBytes(65_537))];
  await readBlob(reads.store, ranged, { start: 0, end: 9 });
  await readBlob(reads.store, large);
  await store.remove(ranged);
  await store.remove(large);
  expect(await readBlob(reads.store, ranged)).toBeNull();
  expect(await readBlob(reads.store, large)).toBeNull();
});

test('what was read last stays, within the limit', async () => {
  const reads = withReadCache(store, 10_000);
  const [first, second, third] = [await put(randomBytes(4096)), await put(randomBytes(4096)), await put(randomBytes(4096))];
  for (const version of [first, second, first, third]) await readBlob(reads.store, version);
  for (const version of [first, second, third]) await store.remove(version);
  expect((await readBlob(reads.store, first))?.length).toBe(4096);
  expect(await readBlob(reads.store, second)).toBeNull();
  expect((await readBlob(reads.store, third))?.length).toBe(4096);
});

test('a version that is suspected is read anew', async () => {
  const reads = withReadCache(store, 1_000_000);
  const suspects: string[] = [];
  const version = await put(randomBytes(100));
  await readBlob(reads.store, version);
  reads.watch({ suspect: (suspect) => suspects.push(suspect) }).suspect(version);
  await store.remove(version);
  expect(await readBlob(reads.store, version)).toBeNull();
  expect(suspects).toEqual([version]);
});

test('the disk is asked again after a while', async () => {
  let nowMs = 0;
  const reads = withReadCache(store, 1_000_000, () => nowMs);
  const version = await put(randomBytes(100));
  await readBlob(reads.store, version);
  await store.remove(version);
  nowMs = 5000;
  expect((await readBlob(reads.store, version))?.length).toBe(100);
  nowMs = 5001;
  expect(await readBlob(reads.store, version)).toBeNull();
});
