import { runChecks, type DoctorReport } from '@supastor/adapters/doctor/run-checks';
import type { CheckStatus } from '@supastor/core/doctor/verdict';
import type { CliContext, Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

const UNHEALTHY_EXIT_CODE = 10;
const COLORS = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' } as const satisfies Record<CheckStatus, keyof Style>;

/** Runs every check and prints the findings. Returns the exit code: 10 when any check failed. */
export async function runDoctor(context: CliContext): Promise<number> {
  const { projectDir, environment, env, flags, signal, output } = context;
  const report = await runChecks({ projectDir, environment, env, flags, signal });
  const failed = report.checks.filter((check) => check.status === 'fail').length;
  const warned = report.checks.filter((check) => check.status === 'warn').length;
  output.result({ ...report, failed, warned }, (value, style) => `${formatChecks(value, style)}\n\n${summarize(failed, warned, style)}`);
  return failed > 0 ? UNHEALTHY_EXIT_CODE : 0;
}

function formatChecks({ checks }: DoctorReport, style: Style): string {
  const rows = checks.map((check) => [paint(check.status, style), check.title, check.detail]);
  const fixes = checks.flatMap((check) => (check.fix === null ? [] : [`${style.cyan('fix')}   ${check.title}: ${check.fix}`]));
  return [formatTable(rows), ...(fixes.length === 0 ? [] : ['', ...fixes])].join('\n');
}

function paint(status: CheckStatus, style: Style): string {
  return style[COLORS[status]](status);
}

function summarize(failed: number, warned: number, style: Style): string {
  if (failed === 0 && warned === 0) return style.green('Everything is in order.');
  return `${failed} failed, ${warned} to look at.`;
}
