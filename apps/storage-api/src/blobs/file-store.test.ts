import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

async function* chunks(...parts: Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

async function put(body: Buffer): Promise<string> {
  const version = createVersionId();
  await (await store.stage(version, chunks(body), { maxBytes: body.length })).publish();
  store.settle(version);
  return version;
}

async function readAll(version: string, range?: { start: number; end: number }): Promise<Buffer | null> {
  const body = await (await store.open(version))?.body(range);
  if (body === undefined) return null;
  return body instanceof Readable ? buffer(body) : body;
}

const unfinished = () => readdir(store.layout.instance(store.instanceId));

describe('a version', () => {
  test.each([0, 1, 65_536, 65_537, 1_000_000])('of %i bytes comes back whole, with its digests', async (length) => {
    const body = randomBytes(length);
    const version = createVersionId();
    const staged = await store.stage(version, chunks(body.subarray(0, 10), body.subarray(10)), { maxBytes: length });
    expect(staged.facts).toEqual({
      sizeBytes: length,
      md5: createHash('md5').update(body).digest(),
      sha256: createHash('sha256').update(body).digest(),
    });
    expect(await store.open(version)).toBeNull();
    expect(await staged.publish()).toBe(store.instanceId);
    expect((await readAll(version))?.equals(body)).toBe(true);
  });

  test('is read in ranges, small and large', async () => {
    const body = randomBytes(300_000);
    const version = await put(body);
    expect((await readAll(version, { start: 10, end: 19 }))?.equals(body.subarray(10, 20))).toBe(true);
    expect((await readAll(version, { start: 100, end: 250_000 }))?.equals(body.subarray(100, 250_001))).toBe(true);
  });

  test('is copied without the two depending on each other', async () => {
    const body = randomBytes(1000);
    const from = await put(body);
    const to = createVersionId();
    await store.copy(from, to);
    await store.remove(from);
    expect(await readAll(from)).toBeNull();
    expect((await readAll(to))?.equals(body)).toBe(true);
  });

  test('that is not an id never becomes a path', async () => {
    await expect(store.stage('../../x', chunks(), { maxBytes: 1 })).rejects.toThrow('not a version id');
    expect(await store.open('../../../etc/passwd')).toBeNull();
    await store.remove('../../x');
  });
});

describe('what fails leaves nothing behind', () => {
  test('when it is too large', async () => {
    await expect(store.stage(createVersionId(), chunks(randomBytes(11)), { maxBytes: 10 })).rejects.toMatchObject({
      protocolCode: 'EntityTooLarge',
    });
    expect(await unfinished()).toEqual([]);
  });

  test('when the source breaks off', async () => {
    const broken = new Readable({ read() {} });
    broken.on('error', () => {});
    broken.push('begin');
    const staging = store.stage(createVersionId(), broken, { maxBytes: 100 });
    broken.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    await expect(staging).rejects.toThrow('aborted');
    expect(await unfinished()).toEqual([]);
  });

  test('when it is discarded or abandoned', async () => {
    await (await store.stage(createVersionId(), chunks(randomBytes(5)), { maxBytes: 5 })).discard();
    const version = createVersionId();
    await (await store.stage(version, chunks(randomBytes(5)), { maxBytes: 5 })).publish();
    await store.abandon(version);
    await expect.poll(unfinished).toEqual([]);
    expect(await readAll(version)).toBeNull();
  });

  test('when the directory is gone', async () => {
    await rm(store.layout.instance(store.instanceId), { recursive: true });
    await expect(store.stage(createVersionId(), chunks(randomBytes(5)), { maxBytes: 5 })).rejects.toMatchObject({
      protocolCode: 'StoreError',
    });
    await expect(store.check()).rejects.toMatchObject({ protocolCode: 'StoreError' });
  });
});

describe('a version in doubt', () => {
  test('keeps its mark until somebody decides, also when the server stops', async () => {
    const version = createVersionId();
    await (await store.stage(version, chunks(randomBytes(5)), { maxBytes: 5 })).publish();
    store.doubt(version, null);
    await store.stop();
    expect(await store.listInstances()).toEqual([store.instanceId]);
    expect(await store.listIntents(store.instanceId)).toEqual([version]);
    expect(store.doubts()).toMatchObject([{ version, backend: null }]);
    await store.resolve(version, false);
    expect(store.doubts()).toEqual([]);
    expect(await readAll(version)).toBeNull();
    await expect.poll(unfinished).toEqual([]);
  });

  test('of other files in the directory there is none', async () => {
    await writeFile(`${store.layout.staging}/not-an-instance`, '');
    expect(await store.listInstances()).toEqual([store.instanceId]);
  });
});
