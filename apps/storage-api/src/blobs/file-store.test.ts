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

describeBlobStore(
  'a directory',
  async () => {
    const root = await createTempDir('contract');
    const instanceId = randomUUID();
    const opened = await FileStore.open({ root: root.path, instanceId });
    return {
      store: opened,
      unfinished: async () => {
        const parts = (await readdir(opened.layout.instance(instanceId))).filter((name) => name.endsWith('.part'));
        return parts.length + (await opened.listIntents(instanceId)).length;
      },
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
    const small = await store.stage(createVersionId(), chunksOf(randomBytes(5)), { maxBytes: 5 });
    await expect(small.publish()).rejects.toMatchObject({ protocolCode: 'StoreError' });
    const large = store.stage(createVersionId(), chunksOf(randomBytes(100_000)), { maxBytes: 100_000 });
    await expect(large).rejects.toMatchObject({ protocolCode: 'StoreError' });
    await expect(store.check()).rejects.toMatchObject({ protocolCode: 'StoreError' });
  });
});

describe('chunks that the store owns', () => {
  test('are written whole and empty afterwards', async () => {
    const chunks = Array.from({ length: 20 }, () => randomBytes(65_536));
    const body = Buffer.concat(chunks);
    const source = async function* () {
      yield* chunks;
    };
    const version = createVersionId();
    await (await store.stage(version, source(), { maxBytes: body.length, ownsChunks: true })).publish();
    store.settle(version);
    expect((await readBlob(store, version))?.equals(body)).toBe(true);
    expect(chunks.map(({ length }) => length)).toEqual(chunks.map(() => 0));
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
    const next = await FileStore.open({ root: `${dir.path}/deep/root`, instanceId: randomUUID() });
    expect(await next.listIntents(store.instanceId)).toEqual([version]);
    await next.removeUnsettled(version);
    await next.forgetInstance(store.instanceId);
    expect(await readBlob(next, version)).toBeNull();
    expect(await next.listInstances()).toEqual([next.instanceId]);
    await next.stop();
  });

  test('of other files in the directory there is none', async () => {
    await writeFile(`${store.layout.staging}/not-an-instance`, '');
    expect(await store.listInstances()).toEqual([store.instanceId]);
  });
});
