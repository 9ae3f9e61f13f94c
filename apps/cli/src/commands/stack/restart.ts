import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { CliContext } from '../../context.ts';
import { formatStatusTable } from './format-status.ts';
import { openRunningStack } from './open-stack.ts';
import { parseServices } from './parse-services.ts';

/** Stops the named services, those that others depend on last, and starts them in the other direction. */
export async function runRestart(context: CliContext, names: readonly string[]): Promise<void> {
  const wanted = parseServices(names);
  const stack = await openRunningStack(context);
  if (stack.kind === 'containers') {
    const { runContainerRestart } = await import('./containers/restart-containers.ts');
    return runContainerRestart(context, stack, wanted);
  }
  const { target, project } = stack;
  const lock = target.lock('supastor restart');
  try {
    const present = await target.control.status(context.signal).catch((error: unknown) => {
      if (!(error instanceof SupastorError) || error.code !== 'SJ_SUPERVISOR_UNREACHABLE') throw error;
      throw new SupastorError('SJ_NOT_RUNNING', `${project} has no supervisor, so nothing can be restarted`, {
        hint: 'supastor up',
        cause: error,
      });
    });
    const missing = wanted.find((name) => !present.some((status) => status.name === name));
    if (missing) throw new SupastorError('SJ_SERVICE_UNKNOWN', `${missing} is not part of this stack`, { hint: 'supastor status' });
    // The supervisor lists services in dependency order.
    const order = present.map(({ name }) => name).filter((name) => wanted.length === 0 || wanted.includes(name));
    for (const name of order.toReversed()) await timed(context, name, 'stopped', () => target.control.act(name, 'stop', context.signal));
    const started: ServiceStatus[] = [];
    for (const name of order) started.push(await timed(context, name, 'healthy', () => target.control.act(name, 'start', context.signal)));
    context.output.result({ services: started }, ({ services }, style) => formatStatusTable(services, style, Date.now()));
  } finally {
    lock.release();
  }
}

/** Does it, and says how long that took. */
export async function timed<T>({ output }: CliContext, name: ServiceName, what: string, action: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const value = await action();
  output.progress(
    `  ${output.style.green('✓')} ${name.padEnd(12)}${what} ${output.style.dim(`${((performance.now() - startedAt) / 1000).toFixed(2)} s`)}`,
  );
  return value;
}
