import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { REPO_ROOT } from './cli.ts';

const MAIN = join(REPO_ROOT, 'apps', 'storage-api', 'dist', 'main.js');
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

export interface StorageReplica {
  readonly port: number;
  /** Whether its process is gone. */
  readonly isGone: () => boolean;
  /** Sends a signal and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Another storage server with the environment of one that runs: the same database and the same bytes. */
export async function startReplica(ofPid: number, extra: Readonly<Record<string, string>> = {}): Promise<StorageReplica> {
  const environ = await readFile(`/proc/${ofPid}/environ`, 'utf8');
  const env = Object.fromEntries(
    environ
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const port = await findFreePort();
  const child = spawn(process.execPath, [MAIN], { env: { ...env, ...extra, SERVER_PORT: String(port) }, stdio: 'ignore' });
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  await waitUntilReady(`http://127.0.0.1:${port}/health/ready`, isGone);
  return { port, isGone, end: (signal) => endOf(child, signal) };
}

async function waitUntilReady(url: string, isGone: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_TIMEOUT_MS && !isGone(); waitedMs += POLL_MS) {
    const response = await fetch(url).catch(() => null);
    await response?.text();
    if (response?.ok === true) return;
    await sleep(POLL_MS);
  }
  throw new Error('a storage server did not become ready');
}

function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
