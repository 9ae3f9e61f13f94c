import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { ContainerSpec, SwarmSettings } from '../containers/container-spec.ts';

/** Shared by containers of one node alone, and empty again with them. */
const SCRATCH_VOLUMES: readonly string[] = ['control'];
const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

/** What the configuration says of a swarm. @throws SJ_CONFIG_INVALID naming what a swarm cannot do */
export function swarmSettings({ containers: { swarm }, storage }: Config, services: readonly ContainerSpec[]): SwarmSettings {
  if (swarm.publish === 'ingress' && swarm.endpointMode === 'dnsrr') {
    throw new SupastorError('SJ_CONFIG_INVALID', 'containers.swarm.publish: ingress needs containers.swarm.endpointMode: vip', {
      hint: 'set containers.swarm.endpointMode: vip, or containers.swarm.publish: host',
    });
  }
  for (const { name, published } of services) {
    const narrow = published.find(({ host }) => !EVERY_ADDRESS.includes(host));
    if (narrow === undefined) continue;
    throw new SupastorError('SJ_CONFIG_INVALID', `A swarm publishes ports on every address of its nodes; ${name} asks for ${narrow.host}`, {
      hint: name === 'edge' ? 'set containers.host: 0.0.0.0, and keep strangers out with a firewall' : `run without ${name}`,
    });
  }
  const keepsBytes = storage.backend === 'file';
  const stateful = services.filter((spec) => (spec.name === 'storage' ? keepsBytes : keepsVolume(spec))).map(({ name }) => name);
  const { constraints, endpointMode, publish, encrypted, parallelism, failureAction } = swarm;
  return {
    stateNode: swarm.stateNode ?? null,
    pinnedTo: null,
    stateful,
    constraints,
    spreadOver: swarm.spreadOver ?? null,
    endpointMode,
    publish,
    encrypted,
    parallelism,
    monitorMs: swarm.monitorSeconds * 1000,
    failureAction,
  };
}

function keepsVolume({ mounts }: ContainerSpec): boolean {
  return mounts.some((mount) => mount.kind === 'volume' && !SCRATCH_VOLUMES.includes(mount.volume));
}
