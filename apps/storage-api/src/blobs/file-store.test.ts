import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chunksOf, describeBlobStore, readBlob } from '../testing/blob-store-contract.ts';
import { FileStore } from './file-store.ts';
import { createVersionId } from './version-id.ts';

let dir: TempDir;
let store: FileStore;

beforeEach(async () => {
  dir = await createTempDir('blobs');
  store = await FileStore.open({ root: `${dir.path}/deep/root`, instanceId: randomUUID() });
});
afterEach(async () => {
  await store.stop();
  await dir.remove();
});

const unfinished = () => readdir(store.layout.instance(store.instanceId));

describeBlobStore(
  'a directory',
  async () => {
    const root = await createTempDir('contract');
    const instanceId = randomUUID();
    const opened = await FileStore.open({ root: root.path, instanceId });
    return {
      store: opened,
      unfinished: async () => (await readdir(opened.layout.instance(instanceId))).length,
      async stop() {
        await opened.stop();
        await root.remove();
      },
    };
  },
  [0, 1, 65_536, 65_537, 1_000_000],
);

describe('a directory that is gone', () => {
  test('fails what is written, and the check', async () => {
    await rm(store.layout.instance(store.instanceId), { recursive: true });
    await expect(store.stage(createVersionId(), chunksOf(randomBytes(5)), { maxBytes: 5 })).rejects.toMatchObject({
      protocolCode: 'StoreError',
    });
    await expect(store.check()).rejects.toMatchObject({ protocolCode: 'StoreError' });
  });
});

describe('a version in doubt', () => {
  test('keeps its mark until somebody decides, also when the server stops', async () => {
    const version = createVersionId();
    await (await store.stage(version, chunksOf(randomBytes(5)), { maxBytes: 5 })).publish();
    store.doubt(version, null);
    await store.stop();
    expect(await store.listInstances()).toEqual([store.instanceId]);
    expect(await store.listIntents(store.instanceId)).toEqual([version]);
    expect(store.doubts()).toMatchObject([{ version, backend: null }]);
    await store.resolve(version, false);
    expect(store.doubts()).toEqual([]);
    expect(await readBlob(store, version)).toBeNull();
    await expect.poll(unfinished).toEqual([]);
  });

  test('of other files in the directory there is none', async () => {
    await writeFile(`${store.layout.staging}/not-an-instance`, '');
    expect(await store.listInstances()).toEqual([store.instanceId]);
  });
});
