import type { ServiceName } from '@supastor/contract/wire/service-status';

/** Where a container finds its {@link ContainerFile}s, one file a name. */
export const FILES_DIR = '/run/supastor';

/** A file that is handed to a container, and never stands in its environment or its labels. */
export interface ContainerFile {
  /** Name below {@link FILES_DIR}. */
  readonly name: string;
  readonly content: string;
  /** Secret content is for the container's user only and is never shown. */
  readonly secret: boolean;
  /** Names the content where that is no longer at hand, because the target alone keeps it. */
  readonly digest?: string;
}

export type ContainerMount =
  /** A named volume of the stack, by its short name (`postgres`, `objects`). */
  | { readonly kind: 'volume'; readonly volume: string; readonly path: string; readonly readOnly: boolean }
  /** A directory or socket of the host. */
  | { readonly kind: 'bind'; readonly source: string; readonly path: string; readonly readOnly: boolean }
  /** Memory that is gone with the container; the root file system is read-only, so what is scratch is here. */
  | { readonly kind: 'tmpfs'; readonly path: string; readonly maxBytes: number };

/** A port of the container that the host listens for. Only services with one replica can have any. */
export interface PublishedPort {
  /** Name of the listener (`http`, `postgres`), as in a status. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly containerPort: number;
}

/** A command that is run inside the container; exit code 0 is healthy. */
export interface ContainerHealth {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures within it do not count. */
  readonly startPeriodMs: number;
  /** Failures in a row that make it unhealthy. */
  readonly retries: number;
}

export interface ContainerLimits {
  readonly memoryBytes: number | null;
  /** Share of processors, 0.5 is half of one; null is no limit. */
  readonly cpus: number | null;
  readonly processes: number | null;
}

/**
 * A service as containers, in plain data that every target of that kind understands (engine, compose, swarm).
 * What is the same for all is not in it: a read-only root file system, every capability dropped but those named,
 * no new privileges, an init process, restart unless stopped.
 */
export interface ContainerSpec {
  /** Name of the service; the others reach it under this name, which resolves to every replica. */
  readonly name: ServiceName;
  readonly image: string;
  /** Replaces the image's entry point; null keeps it. */
  readonly entrypoint: readonly string[] | null;
  /** Replaces the image's command; null keeps it. */
  readonly command: readonly string[] | null;
  readonly dependsOn: readonly ServiceName[];
  readonly replicas: number;
  /** Never holds a secret: a `<NAME>_FILE` entry points to the file that does. */
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ContainerFile[];
  readonly mounts: readonly ContainerMount[];
  /** Names of the stack's networks it is part of. */
  readonly networks: readonly string[];
  readonly published: readonly PublishedPort[];
  readonly health: ContainerHealth | null;
  readonly limits: ContainerLimits;
  /** `uid:gid` of its processes. */
  readonly user: string;
  /** Capabilities it keeps, without `CAP_`. */
  readonly capabilities: readonly string[];
  /** `start-first`: the new replica is healthy before the old one goes. `stop-first`: what two must never own (a data directory, a host port). */
  readonly update: 'start-first' | 'stop-first';
  readonly stopSignal: 'SIGTERM' | 'SIGINT' | 'SIGUSR1';
  /** Milliseconds a graceful stop, draining included, may take before it is killed. */
  readonly stopTimeoutMs: number;
  readonly logs: { readonly maxFileBytes: number; readonly maxFiles: number };
}

export interface ContainerNetwork {
  readonly name: string;
  /** Has no way out of the host. */
  readonly internal: boolean;
}

/** What should run as containers, as one configuration says. */
export interface ContainerStack {
  readonly project: string;
  readonly environment: string;
  readonly networks: readonly ContainerNetwork[];
  /** Short names of the volumes that hold data. */
  readonly volumes: readonly string[];
  /** In dependency order: a service comes after everything it depends on. */
  readonly services: readonly ContainerSpec[];
  /** What whoever reads the plan should know. */
  readonly notes?: readonly string[];
  /** Only for a swarm. */
  readonly swarm?: SwarmSettings;
}

/** How a swarm places, joins and replaces the services of a stack. */
export interface SwarmSettings {
  /** Name or id of the node for volumes, as configured; null when it is not. */
  readonly stateNode: string | null;
  /** The node whose volumes hold the state, once that is settled. */
  readonly pinnedTo: { readonly id: string; readonly name: string } | null;
  /** Services that keep something in a volume or a directory of their node, so that they cannot move. */
  readonly stateful: readonly ServiceName[];
  readonly constraints: readonly string[];
  readonly spreadOver: string | null;
  readonly endpointMode: 'dnsrr' | 'vip';
  readonly publish: 'host' | 'ingress';
  /** Whether networks are encrypted between nodes. */
  readonly encrypted: boolean;
  readonly parallelism: number;
  readonly monitorMs: number;
  readonly failureAction: 'rollback' | 'pause';
}
