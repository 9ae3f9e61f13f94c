import { setTimeout as sleep } from 'node:timers/promises';
import type { ObservedStack } from '@supastor/core/stack/stack-target.port';
import type { CliContext } from '../../context.ts';
import type { RunningStack } from './open-stack.ts';
import type { StatusReport } from './status.ts';

const REFRESH_MS = 1000;

/** Shows the stack until interrupted: a live view on a terminal, else one record whenever a service changes. */
export async function watchStatus(
  context: CliContext,
  { target }: RunningStack,
  makeReport: (observed: ObservedStack) => StatusReport,
): Promise<number> {
  const look = async () => makeReport(await target.observe(null, context.signal));
  if (context.isTty && context.output.format === 'text') {
    const { showStatusView } = await import('../../ui/status-view.ts');
    await showStatusView(look, context.signal, REFRESH_MS);
    return 0;
  }
  let last = '';
  while (!context.signal.aborted) {
    const report = await look();
    const summary = report.services.map(({ name, state, restarts }) => `${name}=${state}${restarts > 0 ? ` (restarts: ${restarts})` : ''}`);
    const line = `${report.supervisor ? '' : 'no supervisor; '}${summary.join('  ') || 'not running'}`;
    if (line !== last) context.output.record(report, () => `${new Date().toISOString()} ${line}`);
    last = line;
    await sleep(REFRESH_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return 0;
}
