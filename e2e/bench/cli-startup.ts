import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPO_ROOT } from '../harness/cli.ts';
import { median, type Table } from './table.ts';

const ROUNDS = 15;
const MAX_RATIO = 1.6;
const BIN = join(REPO_ROOT, 'apps/cli/bin/supastor.mjs');

/** `supastor --version` and `--help` against `node -e 0`, in turn, ratio pair by pair. */
export async function benchCli(): Promise<Table> {
  const times = { bare: [] as number[], version: [] as number[], help: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    const sample = { bare: timeMs(['-e', '0']), version: timeMs([BIN, '--version']), help: timeMs([BIN, '--help']) };
    if (round === 0) continue;
    for (const key of ['bare', 'version', 'help'] as const) times[key].push(sample[key]);
  }
  const ratio = median(times.version.map((value, index) => value / (times.bare[index] ?? Number.NaN)));
  return {
    title: `CLI start-up (median of ${ROUNDS})`,
    rows: [
      { what: 'node -e 0', value: `${median(times.bare).toFixed(0)} ms` },
      { what: 'supastor --version', value: `${median(times.version).toFixed(0)} ms` },
      { what: 'supastor --help', value: `${median(times.help).toFixed(0)} ms` },
      { what: '--version / bare node', value: ratio.toFixed(2), target: `under ${MAX_RATIO}`, met: ratio < MAX_RATIO },
    ],
  };
}

function timeMs(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${String(stderr)}`);
  return performance.now() - started;
}
