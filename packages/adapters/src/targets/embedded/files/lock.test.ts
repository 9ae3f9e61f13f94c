import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identifyProcess } from '../process-identity.ts';
import { acquireLock } from './lock.ts';

let dir: TempDir;
let path: string;

beforeEach(async () => {
  dir = await createTempDir('lock');
  path = join(dir.path, 'state', 'lock');
});
afterEach(() => dir.remove());

test('a held lock is refused, naming its holder', () => {
  const lock = acquireLock(path, 'supastor up');
  expect(() => acquireLock(path, 'supastor down')).toThrow(
    expect.objectContaining({
      code: 'SJ_LOCKED',
      message: expect.stringContaining(`"supastor up" is running for this environment (process ${process.pid})`),
    }),
  );
  lock.release();
  acquireLock(path, 'supastor down').release();
  expect(readdirSync(join(dir.path, 'state'))).toEqual([]);
});

test.each([
  ['a process that is gone', JSON.stringify({ pid: 4_194_303, startTime: 'x', purpose: 'supastor up' })],
  ['an earlier process with our number', JSON.stringify({ pid: process.pid, startTime: 'long ago', purpose: 'supastor up' })],
  ['nobody, being damaged', '{"pid":'],
])('the lock of %s is taken over', (_, text) => {
  acquireLock(path, 'first').release();
  writeFileSync(path, text);
  acquireLock(path, 'supastor up').release();
});

test('the lock of another living process is respected', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await new Promise((resolve) => other.once('spawn', resolve));
  try {
    acquireLock(path, 'first').release();
    writeFileSync(path, JSON.stringify({ ...identifyProcess(other.pid ?? 0), purpose: 'supastor up' }));
    expect(() => acquireLock(path, 'supastor down')).toThrow(expect.objectContaining({ code: 'SJ_LOCKED' }));
  } finally {
    const exited = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await exited;
  }
  acquireLock(path, 'supastor down').release();
});
