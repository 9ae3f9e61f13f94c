import type { ServiceName, ServiceState } from '@supastor/contract/wire/service-status';

/** One container of ours, as the engine and its labels tell. */
export interface ObservedReplica {
  readonly id: string;
  readonly service: ServiceName;
  readonly replica: number;
  readonly specHash: string;
  readonly image: string;
  readonly state: ServiceState;
  /** What else there is to say of its state; null: nothing. */
  readonly detail: string | null;
  readonly startedAt: string | null;
  readonly restarts: number;
  readonly ports: Readonly<Record<string, number>>;
  /** What it is held to; null: no limit. */
  readonly limits: { readonly cpuCores: number | null; readonly memoryBytes: number | null };
  /** Name of the node of a swarm that it is on; null while it has none. */
  readonly node?: string | null;
}

/** One snapshot of what is ours on an engine; planning reads nothing else. */
export interface ObservedContainers {
  readonly replicas: readonly ObservedReplica[];
  readonly networks: readonly string[];
  /** Short names of the volumes that hold data. */
  readonly volumes: readonly string[];
  /** Short names of the volumes that hold files of containers. */
  readonly files: readonly string[];
  /** Images of the wanted stack that the engine has. */
  readonly images: readonly string[];
}
