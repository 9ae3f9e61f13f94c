import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Everything a reviewer would otherwise check by hand. Runs all steps, then fails if any failed. */
const STEPS: readonly (readonly [label: string, command: string, ...args: readonly string[]])[] = [
  ['types', 'tsc', '-b'],
  ['lint', 'oxlint', '--type-aware'],
  ['format', 'oxfmt', '--check'],
  ['boundaries', 'node', 'scripts/check-boundaries.ts'],
  ['texts', 'node', 'scripts/check-texts.ts'],
  ['unused code', 'knip'],
  ['generated docs', 'node', 'scripts/generate-docs.ts', '--check'],
];

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const failures: string[] = [];
for (const [label, command, ...args] of STEPS) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${label}\n`);
  if (status !== 0) failures.push(label);
}
if (failures.length > 0) {
  process.stdout.write(`verify failed: ${failures.join(', ')}\n`);
  process.exit(1);
}
