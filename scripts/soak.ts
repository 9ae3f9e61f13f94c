import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The long forms of the crash tests: hundreds of kills instead of a handful. Takes about half an hour; not part of CI. */
const ROUNDS = process.env['SUPASTOR_SOAK_ROUNDS'] ?? '200';
const FILES = ['apps/storage-api/src/crash', 'e2e/crash', ...process.argv.slice(2)];

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--testTimeout=3600000', ...FILES], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SUPASTOR_SOAK_ROUNDS: ROUNDS },
});
process.exit(status ?? 1);
