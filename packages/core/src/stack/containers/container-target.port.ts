import type { TellProgress } from '../apply.ts';
import type { ContainerStep } from './container-plan.ts';
import type { ContainerStack } from './container-spec.ts';
import type { DeployRecord } from '@supastor/contract/wire/deploy-record';
import type { ObservedContainers } from './observed-containers.ts';

export interface LockHolder {
  /** User and machine, as people know them. */
  readonly who: string;
  readonly purpose: string;
}

export interface DeployLock {
  release(): Promise<void>;
}

/** What was deployed, oldest first; it outlives the containers. */
export interface DeployHistory {
  list(): Promise<readonly DeployRecord[]>;
  /** Adds a record, or replaces the one of that id. */
  write(record: DeployRecord): Promise<void>;
  /** Forgets everything. */
  remove(): Promise<void>;
}

/** Where containers run. */
export interface ContainerTarget {
  /** Looks at what is ours, and at which images of `stack` are there. */
  observe(stack: ContainerStack | null): Promise<ObservedContainers>;
  /** Carries out one step of a plan; resolves when it has taken effect (a started container is healthy). */
  execute(step: ContainerStep, signal?: AbortSignal, tell?: TellProgress): Promise<void>;
  /** One deploy at a time. @throws SJ_LOCKED */
  lock(holder: LockHolder): Promise<DeployLock>;
  readonly history: DeployHistory;
}
