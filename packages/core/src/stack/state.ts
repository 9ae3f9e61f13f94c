import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName, ServiceState } from '@supastor/contract/wire/service-status';

/** Every move a service may make; a move that is not listed is a bug or a refused request. */
const MOVES: Readonly<Record<ServiceState, readonly ServiceState[]>> = {
  stopped: ['starting'],
  starting: ['healthy', 'backoff', 'stopping', 'crashed'],
  healthy: ['unhealthy', 'backoff', 'stopping', 'crashed'],
  unhealthy: ['healthy', 'backoff', 'stopping', 'crashed'],
  backoff: ['starting', 'stopped', 'crashed'],
  stopping: ['stopped'],
  crashed: ['starting', 'stopped'],
};

export function canMove(from: ServiceState, to: ServiceState): boolean {
  return MOVES[from].includes(to);
}

/** Returns `to`. @throws SJ_TRANSITION_REFUSED when the life cycle does not allow the move */
export function moveState(service: ServiceName, from: ServiceState, to: ServiceState): ServiceState {
  if (canMove(from, to)) return to;
  throw new SupastorError('SJ_TRANSITION_REFUSED', `${service} is ${from} and cannot become ${to}`, { meta: { service, from, to } });
}

/** Whether a process exists in this state. */
export function hasProcess(state: ServiceState): boolean {
  return state === 'starting' || state === 'healthy' || state === 'unhealthy' || state === 'stopping';
}
