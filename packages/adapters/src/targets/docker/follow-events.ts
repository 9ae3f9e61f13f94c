import type Docker from 'dockerode';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { StackEvent } from '@supastor/core/stack/stack-control.port';
import { ownFilter, type StackId } from './labels.ts';

/** What changes a state; a health check that ran as always does not. */
const TELLING = ['start', 'die', 'stop', 'kill', 'pause', 'unpause', 'restart', 'destroy', 'health_status'];

/** Tells when a service changes, as the engine does; ends quietly when `signal` is aborted. */
export async function* followEvents(
  docker: Docker,
  id: StackId,
  status: () => Promise<readonly ServiceStatus[]>,
  signal?: AbortSignal,
): AsyncGenerator<StackEvent> {
  const stream = await docker.getEvents({
    filters: { ...ownFilter(id, 'replica'), type: ['container'], event: TELLING },
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  let last = byName(await status());
  try {
    for await (const _ of stream) {
      const now = byName(await status());
      for (const [service, current] of now) {
        const from = last.get(service)?.state ?? 'stopped';
        if (from !== current.state || last.get(service)?.detail !== current.detail)
          yield { name: 'service.changed', payload: { service, from, to: current.state, status: current } };
      }
      last = now;
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

function byName(statuses: readonly ServiceStatus[]): ReadonlyMap<ServiceName, ServiceStatus> {
  return new Map(statuses.map((status) => [status.name, status]));
}
