import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { probeStoreDirectory, probeStoreSpace } from './store-probes.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('store');
});
afterEach(() => dir.remove());

test('a directory that is not there yet is tried in the one above, and nothing stays', async () => {
  const fact = await probeStoreDirectory(join(dir.path, 'state', 'objects'));
  expect(fact).toMatchObject({ path: dir.path, problem: null, fileSystem: expect.stringMatching(/^\w/) });
  expect(fact.mountOptions).toContain('rw');
  expect(await readdir(dir.path)).toEqual([]);
});

test('what cannot be written is named by its code', async () => {
  expect((await probeStoreDirectory('/proc')).problem).toMatch(/^E[A-Z]+$/);
});

test('a file in the way of the directory is passed over', async () => {
  await writeFile(join(dir.path, 'objects'), '');
  expect((await probeStoreDirectory(join(dir.path, 'objects', 'x'))).problem).toBeNull();
});

test('space is told with the size of the whole', async () => {
  const { freeBytes, totalBytes } = await probeStoreSpace(dir.path);
  expect(freeBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
});
