import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Runs the tests of the admin API that reach storage over a server that is not ours. The environment names it, see
 * apps/admin-api/src/testing/foreign-storage.ts; one after the other, since all of them have that one server.
 */
const FILES = ['storage', 'policies', 'catalogue', 'rest-door'].map((name) => `apps/admin-api/src/rest/${name}.int`);

if (process.env['SUPASTOR_TEST_STORAGE_URL'] === undefined) {
  process.stderr.write('error: SUPASTOR_TEST_STORAGE_URL is not set\n');
  process.exit(2);
}
const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...FILES, '--no-file-parallelism', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
