import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnvironment, REPO_ROOT } from './cli.ts';

const RUNNER = join(REPO_ROOT, 'e2e', 'acceptance', 'main.ts');

export interface AcceptanceResult {
  readonly code: number | null;
  /** What it printed, keys never among it. */
  readonly lines: readonly string[];
  /** Each check that failed or was left out, with its reason below it. */
  readonly mishaps: readonly string[];
}

/** Runs the acceptance suite in a process of its own, as `npm run acceptance` does, with keys and addresses from `env`. */
export function runAcceptance(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<AcceptanceResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [RUNNER, ...args], { env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => {
      const lines = output.trimEnd().split('\n');
      resolve({ code, lines, mishaps: lines.filter((line) => /^(?:failed|skipped):/.test(line) || line.startsWith('    ')) });
    });
  });
}
