import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { ContainerPlan } from '../containers/container-plan.ts';
import type { ContainerStack, SwarmSettings } from '../containers/container-spec.ts';
import type { ObservedService, ObservedSwarm } from './observed-swarm.ts';
import { buildSwarmServices, hashSwarmService, type SwarmService } from './swarm-service.ts';
import type { SwarmStep } from './swarm-step.ts';

/** Steps that make the services of a swarm the wanted ones; none when they are already. @throws SJ_CONFLICT */
export function planSwarm(stack: ContainerStack, settings: SwarmSettings, observed: ObservedSwarm): ContainerPlan {
  const services = buildSwarmServices(stack, settings);
  const steps: SwarmStep[] = [...planNetworks(stack, settings, observed)];
  const networks = steps.map(({ id }) => id);
  const unchanged: ServiceName[] = [];
  const last = new Map<ServiceName, string>();
  for (const { service } of observed.services.filter((orphan) => !services.some(({ name }) => name === orphan.service)))
    steps.push({ id: `remove ${service}`, kind: 'remove-service', service, reason: 'no longer part of the stack', after: [] });
  for (const spec of services) {
    const present = observed.services.find(({ service }) => service === spec.name);
    const change = changeOf(spec, present);
    if (change === null) {
      unchanged.push(spec.name);
      continue;
    }
    const files = spec.container.files.filter(({ digest }) => digest === undefined || !observed.files.includes(digest));
    const written = files.length === 0 || change.kind === 'scale-service' ? [] : [`files ${spec.name}`];
    if (written.length > 0) steps.push({ id: `files ${spec.name}`, kind: 'write-secrets', service: spec.name, files, after: [] });
    const before = spec.container.dependsOn.flatMap((name) => last.get(name) ?? []);
    const id = `service ${spec.name}`;
    steps.push({ id, service: spec.name, spec, ...change, after: [...networks, ...written, ...before] });
    last.set(spec.name, id);
  }
  if (steps.length > 0) steps.push(...planWaste(services, observed, steps));
  const { project, environment } = stack;
  return { project, environment, steps, unchanged, notes: notesOf(settings, services, steps), destructive: false };
}

/** Steps that remove every service, what others depend on last, and when asked destroy the data. */
export function planSwarmTeardown(
  stack: { readonly project: string; readonly environment: string; readonly order: readonly ServiceName[] },
  observed: ObservedSwarm,
  options: { readonly removeVolumes: boolean },
): ContainerPlan {
  const { project, environment, order } = stack;
  const rank = ({ service }: ObservedService) => order.indexOf(service);
  const steps: SwarmStep[] = [];
  for (const { service } of observed.services.toSorted((a, b) => rank(b) - rank(a)))
    steps.push({
      id: `remove ${service}`,
      kind: 'remove-service',
      service,
      reason: 'asked for',
      after: steps.slice(-1).map(({ id }) => id),
    });
  const all = () => steps.map(({ id }) => id);
  const networks = observed.networks.map(({ name }) => name);
  if (networks.length > 0) steps.push({ id: 'remove networks', kind: 'remove-networks', networks, after: all() });
  // What a rollback would need goes with the history alone.
  const files = options.removeVolumes ? observed.files : observed.files.filter((digest) => !observed.remembered.includes(digest));
  if (files.length > 0) steps.push({ id: 'remove files', kind: 'remove-files', volumes: files, after: all() });
  const destructive = options.removeVolumes && observed.volumes.length > 0;
  if (destructive) steps.push({ id: 'remove', kind: 'remove-volumes', volumes: observed.volumes, after: all() });
  return { project, environment, steps, unchanged: [], notes: [], destructive };
}

function planNetworks({ networks }: ContainerStack, { encrypted }: SwarmSettings, observed: ObservedSwarm): readonly SwarmStep[] {
  return networks.flatMap((network): readonly SwarmStep[] => {
    const present = observed.networks.find(({ name }) => name === network.name);
    if (present === undefined) return [{ id: `network ${network.name}`, kind: 'create-network', network, encrypted, after: [] }];
    if (present.encrypted === encrypted) return [];
    const [is, should] = present.encrypted ? ['encrypted', 'false'] : ['not encrypted', 'true'];
    throw new SupastorError(
      'SJ_CONFLICT',
      `The network ${network.name} is ${is}, and containers.swarm.encrypted is ${should}: a network cannot change that`,
      {
        hint: 'supastor down, then supastor up; the data stays',
      },
    );
  });
}

type Change =
  | { readonly kind: 'create-service' | 'update-service'; readonly reason: string }
  | { readonly kind: 'scale-service'; readonly from: number; readonly replicas: number };

function changeOf(spec: SwarmService, present: ObservedService | undefined): Change | null {
  if (present === undefined) return { kind: 'create-service', reason: 'not running' };
  if (present.specHash !== hashSwarmService(spec)) return { kind: 'update-service', reason: 'new version' };
  if (present.drift.length > 0) return { kind: 'update-service', reason: `somebody changed ${present.drift.join(', ')}` };
  if (present.stuck !== null) return { kind: 'update-service', reason: present.stuck };
  if (spec.replicas === null || present.replicas === null || spec.replicas === present.replicas) return null;
  return { kind: 'scale-service', from: present.replicas, replicas: spec.replicas };
}

/** Files that neither this stack nor a deploy that can be brought back needs. Last, so that a plan which fails leaves them. */
function planWaste(services: readonly SwarmService[], observed: ObservedSwarm, steps: readonly SwarmStep[]): readonly SwarmStep[] {
  const wanted = new Set([...services.flatMap(({ container }) => container.files.map(({ digest }) => digest)), ...observed.remembered]);
  const waste = observed.files.filter((digest) => !wanted.has(digest));
  return waste.length === 0 ? [] : [{ id: 'remove files', kind: 'remove-files', volumes: waste, after: steps.map(({ id }) => id) }];
}

function notesOf({ pinnedTo, stateful }: SwarmSettings, services: readonly SwarmService[], steps: readonly SwarmStep[]): readonly string[] {
  const creates = steps.some((step) => step.kind === 'create-service' && stateful.includes(step.service));
  const away = services.filter(
    ({ name, container }) =>
      container.update === 'stop-first' && steps.some((step) => step.kind === 'update-service' && step.service === name),
  );
  return [
    ...(creates && pinnedTo !== null ? [`${stateful.join(' and ')} stay on ${pinnedTo.name}, which has their volumes`] : []),
    ...away.map(
      ({ name, replicas }) =>
        `${name} is away for a moment${replicas === null ? ' on one node after the other' : ''}: two of it cannot run side by side`,
    ),
  ];
}
