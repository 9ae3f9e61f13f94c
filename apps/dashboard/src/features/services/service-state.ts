import type { ServiceName, ServiceState } from '@supastor/contract/wire/service-status';
import type { Tone } from '../../ui/status-dot.tsx';

interface StateLook {
  readonly tone: Tone;
  /** On the way to another state. */
  readonly moving: boolean;
}

const LOOKS: Readonly<Record<ServiceState, StateLook>> = {
  stopped: { tone: 'neutral', moving: false },
  starting: { tone: 'info', moving: true },
  healthy: { tone: 'success', moving: false },
  unhealthy: { tone: 'warning', moving: false },
  backoff: { tone: 'warning', moving: true },
  stopping: { tone: 'info', moving: true },
  crashed: { tone: 'error', moving: false },
};

/** How a state is shown. */
export function lookOf(state: ServiceState): StateLook {
  return LOOKS[state];
}

/** Service names in the order they are shown. */
export const SERVICE_ORDER: readonly ServiceName[] = [
  'storage',
  'postgres',
  'meta',
  'admin',
  'edge',
  'imgproxy',
  'agent',
  'alertmanager',
  'prometheus',
  'grafana',
  'smtp',
  'oidc',
  'webhooks',
  's3',
];

/** Reads a service name out of an address. */
export function toServiceName(text: string | undefined): ServiceName | null {
  return SERVICE_ORDER.find((name) => name === text) ?? null;
}
