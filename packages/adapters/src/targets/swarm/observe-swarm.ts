import type Docker from 'dockerode';
import type { ContainerStack, SwarmSettings } from '@supastor/core/stack/containers/container-spec';
import type { DeployHistory } from '@supastor/core/stack/containers/container-target.port';
import type { ObservedService, ObservedSwarm } from '@supastor/core/stack/swarm/observed-swarm';
import { buildSwarmServices } from '@supastor/core/stack/swarm/swarm-service';
import { LABELS, ownFilter, type StackId } from '../docker/labels.ts';
import { findDrift } from './drift.ts';
import { listFiles } from './files.ts';
import { serviceOptions } from './service-options.ts';
import { listNetworks, listServices } from './services.ts';
import { rememberedFiles } from './swarm-history.ts';
import type { SwarmServiceInfo } from './wire.ts';

export interface WantedInSwarm {
  readonly stack: ContainerStack;
  readonly settings: SwarmSettings;
}

/** Looks at what is ours in the swarm; changes of others are told against what is wanted. */
export async function observeSwarm(
  docker: Docker,
  id: StackId,
  history: DeployHistory,
  wanted: WantedInSwarm | null,
): Promise<ObservedSwarm> {
  const [services, networks, files, remembered, { Volumes: volumes }] = await Promise.all([
    listServices(docker, id),
    listNetworks(docker, id),
    listFiles(docker, id),
    rememberedFiles(history),
    docker.listVolumes({ filters: ownFilter(id, 'volume') }),
  ]);
  const references = {
    networks: new Map(networks.map((network) => [network.name, network.id])),
    files: new Map(files.map((file) => [file.digest, file])),
  };
  const asked = new Map(
    wanted === null
      ? []
      : buildSwarmServices(wanted.stack, wanted.settings).map((service) => [service.name, serviceOptions(id, service, references)]),
  );
  return {
    services: services.map(({ name, info }): ObservedService => ({
      service: name,
      specHash: info.Spec.Labels?.[LABELS.specHash] ?? '',
      replicas: info.Spec.Mode.Global === undefined ? (info.Spec.Mode.Replicated?.Replicas ?? 0) : null,
      drift: asked.has(name) ? findDrift(asked.get(name), info.Spec) : [],
      stuck: stuckOf(info),
    })),
    networks,
    files: files.map(({ digest }) => digest),
    remembered,
    volumes: volumes.map(({ Labels }) => Labels?.[LABELS.name] ?? '').toSorted(),
  };
}

function stuckOf({ UpdateStatus }: SwarmServiceInfo): string | null {
  const state = UpdateStatus?.State;
  return state === 'paused' || state === 'rollback_paused' ? `its last update stopped half-way: ${UpdateStatus?.Message ?? state}` : null;
}
