import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { DesiredStack } from './desired.ts';
import { placeSpec } from './references.ts';
import type { Listener, PlacedSpec } from './service-spec.ts';
import { describeSpecChanges } from './spec-diff.ts';
import { hashLaunch, hashSpec } from './spec-hash.ts';
import type { ObservedService, ObservedStack, PortChoice } from './stack-target.port.ts';
import { hasProcess } from './state.ts';

/** What every step of a plan has. */
export interface StepBase {
  readonly id: string;
  /** Ids of the steps that must have succeeded before. */
  readonly after: readonly string[];
}

export type PlanStep = StepBase &
  (
    | { readonly kind: 'start-supervisor'; readonly adopts: readonly ServiceName[] }
    | { readonly kind: 'create-data'; readonly service: ServiceName; readonly volume: string }
    | { readonly kind: 'start' | 'restart' | 'update'; readonly service: ServiceName; readonly spec: PlacedSpec; readonly reason: string }
    | { readonly kind: 'stop'; readonly service: ServiceName; readonly reason: string; readonly forget: boolean }
    | { readonly kind: 'stop-supervisor' }
    | { readonly kind: 'remove-volumes'; readonly volumes: readonly string[] }
  );

/** Everything that will be done, decided from one snapshot. */
export interface Plan<Step extends StepBase = PlanStep> {
  readonly project: string;
  readonly environment: string;
  readonly steps: readonly Step[];
  /** Services that already are as wanted. */
  readonly unchanged: readonly ServiceName[];
  /** What the operator should know: substituted ports, placement. */
  readonly notes: readonly string[];
  /** Data is lost when this plan is applied. */
  readonly destructive: boolean;
}

/** Steps that make the observed stack the desired one; none when it is already. */
export function planStack(desired: DesiredStack, observed: ObservedStack): Plan {
  const listeners = Object.fromEntries(
    observed.ports.map((choice): [string, Listener] => [`${choice.service}.${choice.name}`, { host: choice.host, port: choice.chosen }]),
  );
  const running = new Map(observed.services.map((service) => [service.status.name, service]));
  const steps: PlanStep[] = [];
  const unchanged: ServiceName[] = [];
  const supervisor = observed.supervisor === 'running' ? [] : ['supervisor'];
  if (supervisor.length > 0) {
    const adopts = observed.services.filter(({ status }) => hasProcess(status.state)).map(({ status }) => status.name);
    steps.push({ id: 'supervisor', kind: 'start-supervisor', after: [], adopts });
  }
  for (const orphan of observed.services.filter(({ status }) => !desired.services.some((spec) => spec.name === status.name))) {
    const name = orphan.status.name;
    steps.push({ id: `stop ${name}`, kind: 'stop', service: name, after: supervisor, reason: 'no longer part of the stack', forget: true });
  }
  for (const wanted of desired.services) {
    const spec = placeSpec(wanted, listeners);
    const created = wanted.volumes.filter((volume) => !observed.volumes.includes(volume));
    for (const volume of created) steps.push({ id: `create ${volume}`, kind: 'create-data', service: spec.name, volume, after: [] });
    const change = changeOf(spec, running.get(spec.name), running);
    if (!change) {
      unchanged.push(spec.name);
      continue;
    }
    const before = spec.dependsOn.map((name) => `service ${name}`).filter((id) => steps.some((step) => step.id === id));
    const after = [...supervisor, ...created.map((volume) => `create ${volume}`), ...before];
    steps.push({ id: `service ${spec.name}`, ...change, service: spec.name, spec, after });
  }
  const notes = [...observed.notes, ...observed.ports.flatMap(portNote)];
  return { project: desired.project, environment: desired.environment, steps, unchanged, notes, destructive: false };
}

/** Steps that stop everything in reverse order and, when asked, delete the data. */
export function planTeardown(
  stack: { readonly project: string; readonly environment: string },
  observed: ObservedStack,
  options: { readonly removeVolumes: boolean },
): Plan {
  const steps: PlanStep[] = [];
  const alive = observed.services.filter(({ status }) => status.state !== 'stopped');
  if (observed.supervisor === 'dead' && alive.length > 0) {
    const adopts = alive.filter(({ status }) => hasProcess(status.state)).map(({ status }) => status.name);
    steps.push({ id: 'supervisor', kind: 'start-supervisor', after: [], adopts });
  }
  const first = steps.map((step) => step.id);
  for (const { status } of alive) {
    const dependents = alive.filter(({ spec }) => spec?.dependsOn.includes(status.name)).map((other) => `stop ${other.status.name}`);
    steps.push({
      id: `stop ${status.name}`,
      kind: 'stop',
      service: status.name,
      after: [...first, ...dependents],
      reason: 'asked for',
      forget: false,
    });
  }
  if (observed.supervisor === 'running' || first.length > 0) {
    steps.push({ id: 'stop-supervisor', kind: 'stop-supervisor', after: steps.map((step) => step.id) });
  }
  const removes = options.removeVolumes && observed.volumes.length > 0;
  if (removes) steps.push({ id: 'remove', kind: 'remove-volumes', volumes: observed.volumes, after: steps.map((step) => step.id) });
  return { ...stack, steps, unchanged: [], notes: observed.notes, destructive: removes };
}

interface Change {
  readonly kind: 'start' | 'restart' | 'update';
  readonly reason: string;
}

function changeOf(spec: PlacedSpec, current: ObservedService | undefined, all: ReadonlyMap<ServiceName, ObservedService>): Change | null {
  if (!current || current.status.state === 'stopped') return { kind: 'start', reason: 'not running' };
  const { state, detail } = current.status;
  if (current.spec && hashSpec(current.spec) !== hashSpec(spec)) {
    const reason = describeSpecChanges(current.spec, spec).join('; ');
    if (hashLaunch(current.spec) === hashLaunch(spec)) return { kind: 'update', reason };
    return { kind: hasProcess(state) ? 'restart' : 'start', reason };
  }
  if (!current.spec) return { kind: 'restart', reason: 'runs with unknown settings' };
  if (state === 'healthy') return null;
  const because = detail ? `${state}: ${detail}` : state;
  const dependenciesHealthy = spec.dependsOn.every((name) => all.get(name)?.status.state === 'healthy');
  // An unhealthy service whose dependency is down recovers by itself; restarting it would only lose its work in progress.
  return { kind: state === 'unhealthy' && dependenciesHealthy ? 'restart' : 'start', reason: because };
}

function portNote({ service, name, host, preferred, remembered, chosen }: PortChoice): readonly string[] {
  const listener = `${service}.${name}`;
  if (remembered !== null && remembered !== chosen) {
    return [`port ${remembered}, which ${listener} used before, is taken on ${host}: using ${chosen} instead`];
  }
  if (chosen === preferred) return [];
  if (remembered === chosen) return [`${listener} keeps port ${chosen}, chosen earlier because ${preferred} was taken`];
  return [`port ${preferred}, wanted by ${listener}, is taken on ${host}: using ${chosen} instead`];
}
