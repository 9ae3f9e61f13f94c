import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const REPO_ROOT = join(import.meta.dirname, '..', '..');
const BIN = join('apps', 'cli', 'bin', 'supastor.mjs');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly projectDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Checkout whose CLI runs; default this one. */
  readonly checkout?: string;
  /** Run as this user; needs root. */
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutMs?: number;
}

/** The environment of a user's shell: none of the test runner's own settings leak into the product. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...extra };
}

/** Runs `supastor <args>` as a user would: the built bin, its own process, no TTY. */
export function runCli(
  args: readonly string[],
  { projectDir, env, checkout = REPO_ROOT, uid, gid, timeoutMs = 120_000 }: CliOptions,
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    // Node itself may have come with the checkout.
    const node = process.execPath.replace(REPO_ROOT, checkout);
    const child = spawn(node, [join(checkout, BIN), ...args, '--project-dir', projectDir], {
      cwd: projectDir,
      env: cleanEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (out.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (out.stderr += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...out }));
  });
}
