import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { CliContext } from '../../../context.ts';
import { formatStatusTable } from '../format-status.ts';
import type { ContainerStack } from '../open-stack.ts';
import { timed } from '../restart.ts';
import { holderOf, openContainerProject } from './open-containers.ts';

/** Restarts services one after the other, and the replicas of each one after the other, so that the others serve meanwhile. */
export async function runContainerRestart(context: CliContext, configured: ContainerStack, wanted: readonly ServiceName[]): Promise<void> {
  const { control, target } = await openContainerProject(context, configured);
  const lock = await target.lock(holderOf(context, `supastor restart ${wanted.join(' ')}`.trim()));
  try {
    const present = await control.status(context.signal);
    if (present.length === 0) throw new SupastorError('SJ_NOT_RUNNING', 'Nothing is there to be restarted', { hint: 'supastor up' });
    const missing = wanted.find((name) => !present.some((status) => status.name === name));
    if (missing) throw new SupastorError('SJ_SERVICE_UNKNOWN', `${missing} is not part of this stack`, { hint: 'supastor status' });
    const order = present.map(({ name }) => name).filter((name) => wanted.length === 0 || wanted.includes(name));
    const restarted: ServiceStatus[] = [];
    for (const name of order) restarted.push(await timed(context, name, 'restarted', () => control.act(name, 'restart', context.signal)));
    context.output.result({ services: restarted }, ({ services }, style) => formatStatusTable(services, style, Date.now()));
  } finally {
    await lock.release();
  }
}
