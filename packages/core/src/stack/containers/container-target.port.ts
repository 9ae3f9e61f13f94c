import type { TellProgress } from '../apply.ts';
import type { ContainerPlan, ContainerStep } from './container-plan.ts';
import type { ContainerStack } from './container-spec.ts';
import type { DeployRecord } from '@supastor/contract/wire/deploy-record';

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
  /** Settles what depends on the place where the stack will run and on what was there before. @throws SJ_CONFIG_INVALID */
  prepare(stack: ContainerStack, history: readonly DeployRecord[]): Promise<ContainerStack>;
  /** Looks at what is ours and decides what makes it `stack`, which was prepared. Changes nothing. */
  plan(stack: ContainerStack): Promise<ContainerPlan>;
  /** Decides what stops everything, and with `removeVolumes` destroys the data. */
  planTeardown(options: { readonly removeVolumes: boolean }): Promise<ContainerPlan>;
  /** Carries out one step of a plan; resolves when it has taken effect (a started container is healthy). */
  execute(step: ContainerStep, signal?: AbortSignal, tell?: TellProgress): Promise<void>;
  /** One deploy at a time. @throws SJ_LOCKED */
  lock(holder: LockHolder): Promise<DeployLock>;
  readonly history: DeployHistory;
}
