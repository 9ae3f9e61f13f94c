import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** The entry that a user starts. */
export const BIN = join(import.meta.dirname, '..', '..', 'bin', 'supastor.mjs');

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Node to start the program with; default: the one that runs the tests. */
  readonly node?: string;
}

/** Starts the command line from source as a user would, with a clean environment and no terminal. */
export function startCli(args: readonly string[], { cwd, env = {}, node = process.execPath }: CliOptions): ChildProcess {
  return spawn(node, [BIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, SUPASTOR_SOURCE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
  return finished(startCli(args, options));
}

/** Collects what a started command line writes until it ends. */
export function finished(child: ChildProcess): Promise<CliRun> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => (texts[name] += chunk));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
}
