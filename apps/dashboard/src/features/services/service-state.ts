import type { ServiceName, ServiceState } from '@supastor/contract/wire/service-status';
import type { Tone } from '../../ui/status-dot.tsx';

interface StateLook {
  readonly label: string;
  readonly tone: Tone;
  /** On the way to another state. */
  readonly moving: boolean;
}

const LOOKS: Readonly<Record<ServiceState, StateLook>> = {
  stopped: { label: 'Stopped', tone: 'neutral', moving: false },
  starting: { label: 'Starting', tone: 'info', moving: true },
  healthy: { label: 'Healthy', tone: 'success', moving: false },
  unhealthy: { label: 'Unhealthy', tone: 'warning', moving: false },
  backoff: { label: 'Restarting soon', tone: 'warning', moving: true },
  stopping: { label: 'Stopping', tone: 'info', moving: true },
  crashed: { label: 'Crashed', tone: 'error', moving: false },
};

/** How a state is shown. */
export function lookOf(state: ServiceState): StateLook {
  return LOOKS[state];
}

const ROLES: Readonly<Record<ServiceName, string>> = {
  postgres: 'Database of buckets, objects and policies',
  storage: 'Serves the bytes: REST, signed links, uploads',
  meta: 'Reads and changes the database schema',
  admin: 'Admin API and this console',
  edge: 'Balances requests over the replicas',
  imgproxy: 'Makes pictures for the official storage server',
  agent: 'Lets this console see and restart containers',
  alertmanager: 'Tells people of the alerts of Prometheus',
  prometheus: 'Collects figures and evaluates alert rules',
  grafana: 'Shows the figures of Prometheus',
  smtp: 'Mock: takes mail and shows it',
  oidc: 'Mock: signs test users in',
  webhooks: 'Mock: catches webhooks and shows them',
  s3: 'Mock: a local S3',
};

/** What a service is for, in a few words. */
export function roleOf(service: ServiceName): string {
  return ROLES[service];
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

/** What breaks when this service stops. */
export function stopWarning(service: ServiceName): string {
  switch (service) {
    case 'postgres':
      return 'Storage and meta cannot work without the database: every request fails until it is started again.';
    case 'storage':
      return 'Uploads, downloads and links fail until it is started again.';
    case 'meta':
      return 'The schema cannot be read or changed until it is started again. Objects stay reachable.';
    case 'admin':
      return 'This console goes away with it. Start it again on the server with `supastor restart admin`.';
    case 'agent':
      return 'This console no longer sees services until it is started again on the server with `supastor restart agent`.';
    case 'alertmanager':
      return 'Nobody is told of the alerts of Prometheus until it is started again.';
    case 'prometheus':
      return 'Grafana has no new figures, and the alerts of Alertmanager stand still, until it is started again.';
    case 'grafana':
      return 'Its dashboards cannot be opened until it is started again. Nothing else depends on it.';
    case 'edge':
      return 'Nothing reaches storage or this console until it is started again on the server with `supastor restart edge`.';
    default:
      return 'A mock for development: what is sent to it fails until it is started again.';
  }
}
