import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobEntry, BlobStore, ByteRange } from '../blobs/blob-store.port.ts';
import type { ManagedStore } from '../blobs/managed-store.port.ts';
import { createVersionId } from '../blobs/version-id.ts';

/** One implementation of the port, ready to be tried. */
export interface StoreBench {
  readonly store: ManagedStore;
  /** What is under way at this server, as far as a crash would leave it behind. */
  unfinished(): Promise<number>;
  stop(): Promise<void>;
}

const WAIT = { timeout: 15_000 };
const MISSING = createVersionId();

/** Bytes as a client would send them. */
export async function* chunksOf(body: Buffer, chunkBytes = 65_536): AsyncGenerator<Buffer> {
  for (let start = 0; start < body.length; start += chunkBytes) yield body.subarray(start, start + chunkBytes);
}

/** Stages, publishes and settles. */
async function putBlob(store: BlobStore, body: Buffer): Promise<string> {
  const version = createVersionId();
  await (await store.stage(version, chunksOf(body), { maxBytes: body.length })).publish();
  store.settle(version);
  return version;
}

/** All bytes, or those of the range; null when there is no such version. */
export async function readBlob(store: BlobStore, version: string, range?: ByteRange): Promise<Buffer | null> {
  const body = await (await store.open(version))?.body(range);
  if (body === undefined) return null;
  return body instanceof Readable ? buffer(body) : body;
}

/** Everything that `list` yields. */
async function listBlobs(store: BlobStore): Promise<readonly BlobEntry[]> {
  const entries: BlobEntry[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await store.list(cursor);
    entries.push(...page.entries);
    cursor = page.next;
    if (cursor === null) return entries;
  }
}

function breakingSource(first: Buffer): { readonly source: Readable; readonly breakOff: () => void } {
  const source = new Readable({ read() {} });
  source.on('error', () => {});
  source.push(first);
  return { source, breakOff: () => source.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })) };
}

/** What every byte store must do, whatever is behind it. `sizes` are those that it treats differently. */
export function describeBlobStore(name: string, open: () => Promise<StoreBench>, sizes: readonly number[]): void {
  describe(`${name} as a byte store`, () => {
    let bench: StoreBench;
    let store: ManagedStore;

    beforeAll(async () => {
      bench = await open();
      store = bench.store;
    });
    afterAll(() => bench.stop());

    test.each(sizes)('gives %i bytes back whole, with their digests', async (length) => {
      const body = randomBytes(length);
      const version = createVersionId();
      const staged = await store.stage(version, chunksOf(body), { maxBytes: length });
      expect(staged.version).toBe(version);
      expect(staged.facts).toEqual({
        sizeBytes: length,
        md5: createHash('md5').update(body).digest(),
        sha256: createHash('sha256').update(body).digest(),
        crc32: crc32(body),
      });
      expect(await store.open(version)).toBeNull();
      expect(await staged.publish()).toBe(store.instanceId);
      store.settle(version);
      expect((await store.stat(version))?.sizeBytes).toBe(length);
      const blob = await store.open(version);
      expect(blob?.sizeBytes).toBe(length);
      await blob?.close();
      expect((await readBlob(store, version))?.equals(body)).toBe(true);
    });

    test.each(sizes)('of %i bytes leaves the MD5 out only when it is not needed and they are many', async (length) => {
      const body = randomBytes(length);
      const staged = await store.stage(createVersionId(), chunksOf(body), { maxBytes: length, md5: 'small' });
      expect(staged.facts).toEqual({
        sizeBytes: length,
        md5: length > 65_536 ? null : createHash('md5').update(body).digest(),
        sha256: createHash('sha256').update(body).digest(),
        crc32: crc32(body),
      });
      await staged.discard();
    });

    test('reads ranges, small and large', async () => {
      const body = randomBytes(300_000);
      const version = await putBlob(store, body);
      expect((await readBlob(store, version, { start: 10, end: 19 }))?.equals(body.subarray(10, 20))).toBe(true);
      expect((await readBlob(store, version, { start: 100, end: 250_000 }))?.equals(body.subarray(100, 250_001))).toBe(true);
      expect((await readBlob(store, version, { start: 299_999, end: 299_999 }))?.equals(body.subarray(299_999))).toBe(true);
      const hinted = await store.open(version, { range: { start: 5, end: 9 } });
      expect(hinted?.sizeBytes).toBe(300_000);
      const part = await hinted?.body({ start: 5, end: 9 });
      expect((part instanceof Readable ? await buffer(part) : part)?.equals(body.subarray(5, 10))).toBe(true);
      const changedItsMind = await store.open(version, { range: { start: 5, end: 9 } });
      const whole = await changedItsMind?.body();
      expect((whole instanceof Readable ? await buffer(whole) : whole)?.equals(body)).toBe(true);
    });

    test('copies without the two depending on each other', async () => {
      const body = randomBytes(100_000);
      const from = await putBlob(store, body);
      const to = createVersionId();
      expect(await store.copy(from, to)).toBe(store.instanceId);
      store.settle(to);
      await store.remove(from);
      expect(await readBlob(store, from)).toBeNull();
      expect((await readBlob(store, to))?.equals(body)).toBe(true);
      await expect(store.copy(MISSING, createVersionId())).rejects.toMatchObject({ protocolCode: 'NoSuchKey' });
    });

    test('lists what is there, page by page', async () => {
      const before = new Map((await listBlobs(store)).map((entry) => [entry.version, entry]));
      const versions = [await putBlob(store, randomBytes(7)), await putBlob(store, randomBytes(70_000))];
      const listed = await listBlobs(store);
      const fresh = listed.filter(({ version }) => !before.has(version));
      expect(new Set(fresh.map(({ version }) => version))).toEqual(new Set(versions));
      expect(fresh.map(({ sizeBytes }) => sizeBytes).toSorted((a, b) => a - b)).toEqual([7, 70_000]);
      expect(new Set(listed.map(({ version }) => version)).size).toBe(listed.length);
      for (const entry of fresh) expect(Math.abs(Date.now() - entry.modifiedAt.getTime())).toBeLessThan(600_000);
    });

    test('removes, and again', async () => {
      const version = await putBlob(store, randomBytes(10));
      await store.remove(version);
      await store.remove(version);
      expect(await store.stat(version)).toBeNull();
      expect(await store.open(version)).toBeNull();
    });

    test('never takes anything for a version that is not an id', async () => {
      await expect(store.stage('../../x', chunksOf(Buffer.alloc(1)), { maxBytes: 1 })).rejects.toThrow('not a version id');
      expect(await store.open('../../../etc/passwd')).toBeNull();
      expect(await store.stat('../../../etc/passwd')).toBeNull();
      await store.remove('../../x');
    });

    test('leaves nothing behind of what is too large, breaks off, is discarded or abandoned', async () => {
      const before = (await listBlobs(store)).length;
      const large = randomBytes(Math.max(...sizes));
      await expect(store.stage(createVersionId(), chunksOf(large), { maxBytes: large.length - 1 })).rejects.toMatchObject({
        protocolCode: 'EntityTooLarge',
      });
      const { source, breakOff } = breakingSource(large);
      const staging = store.stage(createVersionId(), source, { maxBytes: large.length + 1 });
      breakOff();
      await expect(staging).rejects.toThrow('aborted');
      for (const body of [randomBytes(5), large]) {
        await (await store.stage(createVersionId(), chunksOf(body), { maxBytes: body.length })).discard();
        const version = createVersionId();
        await (await store.stage(version, chunksOf(body), { maxBytes: body.length })).publish();
        await store.abandon(version);
        expect(await readBlob(store, version)).toBeNull();
      }
      expect((await listBlobs(store)).length).toBe(before);
      await expect.poll(() => bench.unfinished(), WAIT).toBe(0);
    });

    test('keeps the mark of a version until it is settled or decided', async () => {
      const [kept, dropped] = [createVersionId(), createVersionId()];
      for (const version of [kept, dropped]) {
        await (await store.stage(version, chunksOf(randomBytes(5)), { maxBytes: 5 })).publish();
        store.doubt(version, null);
      }
      expect(new Set(await store.listIntents(store.instanceId))).toEqual(new Set([kept, dropped]));
      expect(await store.listInstances()).toContain(store.instanceId);
      expect(new Set(store.doubts().map(({ version }) => version))).toEqual(new Set([kept, dropped]));
      await store.resolve(kept, true);
      await store.resolve(dropped, false);
      expect(store.doubts()).toEqual([]);
      expect(await store.stat(dropped)).toBeNull();
      expect((await store.stat(kept))?.sizeBytes).toBe(5);
      await expect.poll(() => store.listIntents(store.instanceId), WAIT).toEqual([]);
    });

    test('gives many versions at a time the bytes that are theirs', async () => {
      const bodies = Array.from({ length: 16 }, () => randomBytes(40_000));
      const versions = await Promise.all(bodies.map((body) => putBlob(store, body)));
      const found = await Promise.all(versions.map((version) => readBlob(store, version)));
      expect(found.every((bytes, index) => bytes?.equals(bodies[index] ?? Buffer.alloc(0)))).toBe(true);
    });

    test('says that it can be written to, which leaves no version', async () => {
      const before = (await listBlobs(store)).length;
      await store.check();
      expect((await listBlobs(store)).length).toBe(before);
    });
  });
}
