import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { REPO_ROOT } from './cli.ts';
import { endOf, isGone, untilReady } from './processes.ts';

const MAIN = join(REPO_ROOT, 'apps', 'storage-api', 'dist', 'main.js');

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
  await untilReady(child, `http://127.0.0.1:${port}/health/ready`, 'a storage server');
  return { port, isGone: () => isGone(child), end: (signal) => endOf(child, signal) };
}
