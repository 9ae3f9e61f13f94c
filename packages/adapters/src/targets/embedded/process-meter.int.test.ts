import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createProcessMeter } from './process-meter.ts';

const WAYS = [
  { way: '/proc', hasProc: true, isThere: existsSync('/proc/self/stat') },
  { way: 'ps', hasProc: false, isThere: spawnSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,time=']).status === 0 },
];
const PATIENCE = { timeout: 60_000, interval: 300 };
/** Idle itself; what it starts is busy, and holds memory. */
const TREE = `require('node:child_process').spawn(process.execPath, ['-e', 'const held = Buffer.alloc(60e6, 1); for (;;) held[0]++'])`;

let tree: ChildProcess;
let pid: number;

beforeEach(() => {
  tree = spawn(process.execPath, ['-e', TREE], { detached: true, stdio: 'ignore' });
  pid = tree.pid ?? 0;
});
afterEach(() => void process.kill(-pid, 'SIGKILL'));

describe.each(WAYS)('by $way', ({ hasProc, isThere }) => {
  test.skipIf(!isThere)('a process is measured with what it has started', async () => {
    const meter = createProcessMeter(hasProc);
    const measure = async () => {
      await meter.refresh();
      return meter.measure(pid);
    };
    await expect.poll(async () => (await measure()).cpuSeconds, PATIENCE).toBeGreaterThan(0.5);
    await expect.poll(async () => (await measure()).cpuCores, PATIENCE).toBeGreaterThan(0.02);
    expect((await measure()).rssBytes).toBeGreaterThan(90e6);
  });

  test.skipIf(!isThere)('of a process that is gone nothing is told', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const meter = createProcessMeter(hasProc);
    await meter.refresh();
    expect(meter.measure(gone)).toEqual({ cpuCores: null, cpuSeconds: null, rssBytes: null });
  });
});

test('without /proc and without ps there are no figures, and no failure', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const meter = createProcessMeter(false);
    await meter.refresh();
    expect(meter.measure(pid)).toEqual({ cpuCores: null, cpuSeconds: null, rssBytes: null });
  } finally {
    process.env['PATH'] = path;
  }
});
