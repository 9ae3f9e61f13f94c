import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with `N passed, N failed, N skipped`, after naming what was skipped and why.
 * A file that could not be run counts as one failure. In CI (`SUPASTOR_REQUIRE_ALL=1`) a skip fails the run.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0);
    for (const module of broken) print(`could not be run: ${module.relativeModuleId}`);
    for (const test of tests) {
      const result = test.result();
      if (result.state === 'skipped')
        print(`skipped: ${test.module.relativeModuleId}: ${test.fullName}: ${result.note ?? 'the machine lacks what it needs'}`);
    }
    const [passed, failed, skipped] = [count('passed'), count('failed') + broken.length + unhandledErrors.length, count('skipped')];
    print(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    const skipsFail = process.env['SUPASTOR_REQUIRE_ALL'] === '1' && skipped > 0;
    if (failed > 0 || passed === 0 || skipsFail) process.exitCode = 1;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
