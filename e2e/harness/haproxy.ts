import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EdgeOptions } from '@supastor/core/stack/edge/edge-options';
import { renderHaproxyConfig } from '@supastor/core/stack/edge/render-haproxy';

const PROGRAM = '/usr/sbin/haproxy';
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** Why HAProxy cannot be used here, or null. */
export const LACKS_HAPROXY = existsSync(PROGRAM) ? null : 'haproxy is not installed';

export interface Haproxy {
  stop(): Promise<void>;
}

/** The real HAProxy with the configuration that the product writes. Resolves when it has a server for everything. */
export async function startHaproxy(options: EdgeOptions, dir: string): Promise<Haproxy> {
  const file = join(dir, 'haproxy.cfg');
  await writeFile(file, renderHaproxyConfig(options));
  const check = spawnSync(PROGRAM, ['-c', '-f', file], { encoding: 'utf8' });
  if (check.status !== 0) throw new Error(`haproxy refuses its configuration:\n${check.stderr}`);
  const child = spawn(PROGRAM, ['-db', '-f', file], { stdio: 'ignore' });
  const stop = () => endOf(child);
  try {
    await waitUntilReady(`http://127.0.0.1:${options.ports.health}/health/ready`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function waitUntilReady(url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_TIMEOUT_MS; waitedMs += POLL_MS) {
    const isReady = await fetch(url).then(
      async (response) => [response.ok, await response.text()][0],
      () => false,
    );
    if (isReady === true) return;
    await sleep(POLL_MS);
  }
  throw new Error('haproxy found no server that is ready');
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
