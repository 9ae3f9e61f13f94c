import { appendFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IntentJournal, readIntents } from './intent-journal.ts';
import { createVersionId } from './version-id.ts';

let dir: TempDir;
let journal: IntentJournal;

beforeEach(async () => {
  dir = await createTempDir('journal');
  journal = new IntentJournal(dir.path);
});
afterEach(async () => {
  await journal.stop();
  await dir.remove();
});

const versions = (count: number) => Array.from({ length: count }, () => createVersionId());

test('what is marked can be read, until it is settled', async () => {
  const marked = versions(20);
  await Promise.all(marked.map((version) => journal.mark(version)));
  expect(new Set(await readIntents(dir.path))).toEqual(new Set(marked));
  for (const version of marked.slice(5)) journal.settle(version);
  await expect.poll(async () => new Set(await readIntents(dir.path)), { timeout: 10_000 }).toEqual(new Set(marked.slice(0, 5)));
  expect(await journal.stop()).toBe(false);
});

test('all settled is all settled', async () => {
  const [version = ''] = versions(1);
  await journal.mark(version);
  journal.settle(version);
  expect(await journal.stop()).toBe(true);
  expect(await readIntents(dir.path)).toEqual([]);
});

test('a journal that has grown is replaced by one with what is unsettled', async () => {
  const [kept = '', ...others] = versions(60_000);
  await journal.mark(kept);
  for (let start = 0; start < others.length; start += 5000) {
    const some = others.slice(start, start + 5000);
    await Promise.all(some.map((version) => journal.mark(version)));
    for (const version of some) journal.settle(version);
  }
  const [last = ''] = versions(1);
  await journal.mark(last);
  expect(await readdir(dir.path)).toHaveLength(1);
  expect(await readdir(dir.path)).not.toContain('1.journal');
  expect(new Set(await readIntents(dir.path))).toEqual(new Set([kept, last]));
});

test('lines that were cut off are skipped, and marks of older versions of this program are read', async () => {
  const [journaled = '', old = '', cut = ''] = versions(3);
  await journal.mark(journaled);
  await appendFile(`${dir.path}/1.journal`, `+${cut.slice(0, 20)}`);
  await writeFile(`${dir.path}/${old}.intent`, '');
  await writeFile(`${dir.path}/unrelated`, `+${cut}`);
  expect(new Set(await readIntents(dir.path))).toEqual(new Set([journaled, old]));
});

test('nothing is marked when the mark cannot be written', async () => {
  await rm(dir.path, { recursive: true });
  const [version = ''] = versions(1);
  await expect(journal.mark(version)).rejects.toThrow('ENOENT');
  expect(await journal.stop()).toBe(true);
  expect(await readIntents(dir.path)).toEqual([]);
});
