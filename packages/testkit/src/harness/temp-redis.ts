import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { findFreePort } from './free-port.ts';
import { createTempDir } from './temp-dir.ts';

const PROGRAM = '/usr/bin/redis-server';

/** Why there can be no Redis here; null when there can. With `SUPASTOR_REQUIRE_ALL` that is an error. */
export function whyNoRedis(): string | null {
  if (existsSync(PROGRAM)) return null;
  const reason = `needs ${PROGRAM} (apt-get install redis-server)`;
  if (process.env['SUPASTOR_REQUIRE_ALL'] === '1') throw new Error(`this test ${reason}`);
  process.stderr.write(`skipped: a test that ${reason}\n`);
  return reason;
}

export interface TempRedis {
  readonly url: string;
  /** Sends a signal to the server; resolves when it is gone, if it has to go. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again, empty, where it was. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A real Redis on a free port, with nothing on disk. */
export async function startTempRedis(): Promise<TempRedis> {
  const dir = await createTempDir('redis');
  const port = await findFreePort();
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir.path, '--save', '', '--appendonly', 'no'];
    const started = spawn(PROGRAM, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    await new Promise<void>((resolve, reject) => {
      started.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('Ready to accept connections')) resolve();
      });
      started.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
      started.once('error', reject);
    });
  }

  async function signal(name: NodeJS.Signals): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = name === 'SIGKILL' ? once(child, 'exit') : null;
    child.kill(name);
    await gone;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    signal,
    start,
    async stop() {
      await signal('SIGKILL');
      await dir.remove();
    },
  };
}
