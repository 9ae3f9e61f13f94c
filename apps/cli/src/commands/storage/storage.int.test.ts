import { randomUUID } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createStackCli, type StackCli } from '../../testing/stack-cli.ts';

// A whole stack is started; a busy machine may need a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let cli: StackCli;
const storage = (...args: string[]) => cli.supastor('storage', ...args).ended;

beforeAll(async () => {
  cli = await createStackCli();
  await cli.supastor('init', '--dev').ended;
  expect(await cli.supastor('up', '-d').ended).toMatchObject({ code: 0 });
});
afterAll(() => cli.remove());

test('a scan finds a stray, and it can be put back', async () => {
  const blobs = join(cli.path, '.supastor', 'default', 'objects', 'blobs');
  const stray = join(blobs, 'aa', `${randomUUID().slice(0, -2)}aa`);
  await writeFile(stray, 'nobody refers to this');
  await utimes(stray, new Date(0), new Date(0));
  const scanned = await storage('scan', '--wait', '--grace', '0', '-o', 'json');
  expect(scanned.code).toBe(0);
  expect(JSON.parse(scanned.stdout)).toMatchObject({ kind: 'scan', state: 'done', counts: { strays: 1, removed: 1 } });
  const { entries } = JSON.parse((await storage('quarantine', '-o', 'json')).stdout);
  expect(entries).toMatchObject([{ place: 'versions' }]);
  expect(await storage('restore', entries[0].id)).toMatchObject({ code: 0, stdout: expect.stringContaining('1 restored') });
  expect(await readdir(join(blobs, 'aa'))).toHaveLength(1);
  expect(await storage('restore', randomUUID())).toMatchObject({ code: 1, stdout: expect.stringContaining('no such entry') });
});

test('a scrub says what it read, and runs are listed', async () => {
  const scrubbed = await storage('scrub', '--wait', '--rate', '50MB');
  expect(scrubbed).toMatchObject({ code: 0, stdout: expect.stringContaining('done') });
  expect((await storage('runs')).stdout).toMatch(/scrub .*done/);
  expect(await storage('damaged')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing is known') });
});

test('an import has nothing to do in a database of our own', async () => {
  expect(await storage('import', '--wait')).toMatchObject({ code: 0, stdout: expect.stringContaining('done') });
  expect(await storage('adopted')).toMatchObject({ code: 0, stdout: expect.stringContaining('has all its bytes here') });
});

test('nonsense is refused before anything is asked', async () => {
  expect(await storage('scan', '--grace', 'long')).toMatchObject({ code: 2, stderr: expect.stringContaining('--grace') });
  expect(await storage('import', '--rate', 'fast')).toMatchObject({ code: 2, stderr: expect.stringContaining('--rate') });
  expect(await storage('scrub', '--rate', 'fast')).toMatchObject({ code: 2, stderr: expect.stringContaining('--rate') });
});
