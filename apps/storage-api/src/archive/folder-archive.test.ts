import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { StorageDeps } from '../deps.ts';
import { archiveFolder } from './folder-archive.ts';

/** A bucket with one object of several chunks, and what became of its bytes. */
function startBucket() {
  const bytes = { closed: 0, body: Readable.from([Buffer.alloc(1000), Buffer.alloc(1000), Buffer.alloc(1000)]) };
  const row = { bucket_id: 'b', name: 'a/1', version: 'v', damaged_version: null, crc32: null, updated_at: new Date(0) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what an archive asks of the server, and no more
  const deps = {
    database: { read: async ({ rows }: { rows: unknown[] }) => void rows.push(row) },
    blobs: { open: async () => ({ sizeBytes: 3000, body: async () => bytes.body, close: async () => void (bytes.closed += 1) }) },
    damage: { suspect: () => undefined },
  } as unknown as StorageDeps;
  return { bytes, archive: archiveFolder(deps, { bucket: 'b', prefix: 'a/' }) };
}

test('who goes away before an object begins leaves nothing open', async () => {
  const { bytes, archive } = startBucket();
  await archive.next();
  await archive.return(undefined);
  expect(bytes.closed).toBe(1);
});

test('who goes away in the middle of an object leaves nothing open', async () => {
  const { bytes, archive } = startBucket();
  await archive.next();
  await archive.next();
  const gone = new Promise((resolve) => bytes.body.on('error', () => undefined).once('close', resolve));
  await archive.return(undefined);
  await gone;
  expect([bytes.body.destroyed, bytes.closed]).toEqual([true, 0]);
});

test('who stays gets all of it', async () => {
  const { bytes, archive } = startBucket();
  let length = 0;
  for await (const chunk of archive) length += chunk.length;
  expect([length > 3000, bytes.body.destroyed, bytes.closed]).toEqual([true, true, 0]);
});
