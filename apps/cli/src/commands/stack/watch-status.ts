import { setTimeout as sleep } from 'node:timers/promises';
import type { CliContext } from '../../context.ts';
import type { StatusReport } from './status.ts';

/** Shows the stack until interrupted: a live view on a terminal, else one record whenever a service changes. */
export async function watchReports(context: CliContext, look: () => Promise<StatusReport>, refreshMs: number): Promise<number> {
  if (context.isTty && context.output.format === 'text') {
    const { showStatusView } = await import('../../ui/status-view.ts');
    await showStatusView(look, context.signal, refreshMs);
    return 0;
  }
  let last = '';
  while (!context.signal.aborted) {
    const report = await look();
    const summary = report.services.map(({ name, state, restarts }) => `${name}=${state}${restarts > 0 ? ` (restarts: ${restarts})` : ''}`);
    const line = `${report.supervisor ? '' : 'no supervisor; '}${summary.join('  ') || 'not running'}`;
    if (line !== last) context.output.record(report, () => `${new Date().toISOString()} ${line}`);
    last = line;
    await sleep(refreshMs, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return 0;
}
