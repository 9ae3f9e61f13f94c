import { spawn } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';

const BIN = join(import.meta.dirname, '../../bin/supastor.mjs');
const ATTEMPTS = 1200;
const PAUSE_MS = 50;

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line from source over a project of its own on free ports, without a terminal. */
export async function createStackCli() {
  const dir = await createTempDir('cli-stack');
  await chmod(dir.path, 0o755);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir.path,
    SUPASTOR_SOURCE: '1',
    SUPASTOR_POSTGRES_PORT: String(await findFreePort()),
    SUPASTOR_STORAGE_PORT: String(await findFreePort()),
    SUPASTOR_META_PORT: String(await findFreePort()),
    SUPASTOR_ADMIN_PORT: String(await findFreePort()),
  };
  const start = (input: string | null, args: readonly string[]) => {
    const child = spawn(process.execPath, [BIN, ...args], { env, cwd: dir.path, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (out.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (out.stderr += String(chunk)));
    const ended = new Promise<Result>((resolve) => child.once('close', (code) => resolve({ code, ...out })));
    return { child, out, ended };
  };
  /** Starts a command; `out` grows while it runs, `ended` resolves when it is done. */
  const supastor = (...args: readonly string[]) => start(null, ['--project-dir', dir.path, ...args]);
  /** Runs a command outside of the project, with something on standard input. */
  const elsewhere = (input: string, ...args: readonly string[]) => start(input, ['--project-dir', '/', ...args]).ended;
  return {
    path: dir.path,
    env,
    supastor,
    elsewhere,
    async remove() {
      await supastor('down').ended;
      await dir.remove();
    },
  };
}

export type StackCli = Awaited<ReturnType<typeof createStackCli>>;

/** Waits, up to a minute, until `met`. */
export async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await met()) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error('the awaited condition was not met');
}
