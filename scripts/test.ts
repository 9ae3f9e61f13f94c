import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Assertion {
  readonly fullName: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo' | 'disabled';
  readonly meta?: { readonly skipReason?: string };
}

interface Report {
  readonly numFailedTestSuites: number;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly assertionResults: readonly Assertion[] }[];
}

/** `vitest run`, then one closing line that counts tests. In CI (`SUPASTOR_REQUIRE_ALL=1`) a skip is a failure. */
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'supastor-report-'));
const reportFile = join(scratch, 'report.json');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const requireAll = process.env['SUPASTOR_REQUIRE_ALL'] === '1';

const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...process.argv.slice(2)],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);

const report = readReport();
rmSync(scratch, { recursive: true, force: true });
const assertions = report.testResults.flatMap((file) => file.assertionResults.map((assertion) => ({ file: file.name, ...assertion })));
const count = (...wanted: readonly string[]) => assertions.filter((assertion) => wanted.includes(assertion.status)).length;
const passed = count('passed');
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((a) => a.status === 'failed'),
);
const failed = count('failed') + brokenFiles.length;
const skipped = assertions.length - passed - count('failed');

for (const file of brokenFiles) print(`failed to run: ${file.name}`);
for (const assertion of assertions) {
  if (assertion.status === 'passed' || assertion.status === 'failed') continue;
  print(`skipped: ${assertion.fullName}${assertion.meta?.skipReason ? ` (${assertion.meta.skipReason})` : ''}`);
}
print(`${passed} passed, ${failed} failed, ${skipped} skipped`);
const red = status !== 0 || failed > 0 || passed === 0 || (requireAll && skipped > 0);
process.exit(red ? 1 : 0);

function readReport(): Report {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch (error) {
    print(`the test runner wrote no report (${String(error)})`);
    print('0 passed, 1 failed, 0 skipped');
    process.exit(1);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
