import type { ServiceName } from '@supastor/contract/wire/service-status';

export interface SwarmNode {
  readonly id: string;
  readonly name: string;
  readonly role: 'manager' | 'worker';
  /** `ready`, `down`, `unknown`, `disconnected`. */
  readonly state: string;
  /** `active`, `pause`, `drain`: whether it is given tasks. */
  readonly availability: string;
  readonly isLeader: boolean;
}

/** A service of ours, as the swarm tells. */
export interface ObservedService {
  readonly service: ServiceName;
  readonly specHash: string;
  /** How many are asked for; null: one on every node. */
  readonly replicas: number | null;
  /** What somebody else has changed of it, by name. */
  readonly drift: readonly string[];
  /** Why its last update did not come to an end; null when it did. */
  readonly stuck: string | null;
}

/** One snapshot of what is ours in a swarm; planning reads nothing else. */
export interface ObservedSwarm {
  readonly services: readonly ObservedService[];
  readonly networks: readonly { readonly name: string; readonly encrypted: boolean }[];
  /** Digests of the files it keeps, as secrets and configs. */
  readonly files: readonly string[];
  /** Digests of the files that remembered deploys need. */
  readonly remembered: readonly string[];
  /** Short names of the volumes that the engine at hand has. */
  readonly volumes: readonly string[];
}
