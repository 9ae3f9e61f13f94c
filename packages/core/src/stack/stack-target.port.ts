import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { DesiredStack } from './desired.ts';
import type { PlanStep } from './plan.ts';
import type { PlacedSpec } from './service-spec.ts';

/** What a target saw of one service. */
export interface ObservedService {
  readonly status: ServiceStatus;
  /** The spec it runs with, or ran with last; null when unknown. */
  readonly spec: PlacedSpec | null;
}

/** The port a target can give a listener now. */
export interface PortChoice {
  readonly service: ServiceName;
  /** Port name within the service. */
  readonly name: string;
  readonly host: string;
  /** What the configuration asks for. */
  readonly preferred: number;
  /** What it used last time; null when it never ran or the configuration has changed since. */
  readonly remembered: number | null;
  readonly chosen: number;
}

/** One snapshot of a target; planning reads nothing else. */
export interface ObservedStack {
  /** `dead`: it ran and is gone without having stopped its services. */
  readonly supervisor: 'running' | 'absent' | 'dead';
  /** null when it does not run, or the target needs none. */
  readonly supervisorPid: number | null;
  readonly services: readonly ObservedService[];
  /** Names of the persistent directories that exist. */
  readonly volumes: readonly string[];
  readonly ports: readonly PortChoice[];
  /** What the operator should know about how the target places things. */
  readonly notes: readonly string[];
}

/** Where services run. One implementation per deployment target. */
export interface StackTarget {
  /** Looks at what exists and runs, and reserves nothing. `desired` is null when the stack is to be taken down. */
  observe(desired: DesiredStack | null, signal?: AbortSignal): Promise<ObservedStack>;
  /** Carries out one step of a plan; resolves when it has taken effect (a started service is healthy). */
  execute(step: PlanStep, signal?: AbortSignal): Promise<void>;
}
