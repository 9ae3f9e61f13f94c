import type { Config } from '@supastor/contract/config/schema';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { monitoringContainers } from '../../monitoring/definitions/monitoring-containers.ts';
import { assertSecrets } from '../desired.ts';
import { swarmSettings } from '../swarm/swarm-settings.ts';
import type { ContainerSpec, ContainerStack } from './container-spec.ts';
import { imgproxyContainer } from './official/imgproxy-container.ts';
import { officialNotes } from './official/official-limits.ts';
import { adminContainer } from './services/admin-container.ts';
import { agentContainer } from './services/agent-container.ts';
import { containerConfig } from './services/from-service.ts';
import { edgeContainer } from './services/edge-container.ts';
import { metaContainer } from './services/meta-container.ts';
import { postgresContainer } from './services/postgres-container.ts';
import { storageContainer } from './services/storage-container.ts';

/** Number of replicas by service, where it is not what the configuration says. */
export type Scale = Readonly<Partial<Record<ServiceName, number>>>;

/**
 * Turns a configuration into the containers it asks for.
 * @throws SJ_SECRETS_MISSING naming every missing secret, SJ_CONFIG_INVALID
 */
export function buildContainerStack(configured: Config, environment: string, scale: Scale = {}): ContainerStack {
  const config = containerConfig(configured);
  assertSecrets(config);
  const services = [
    postgresContainer(config),
    imgproxyContainer(config),
    storageContainer(config),
    metaContainer(config),
    edgeContainer(config),
    adminContainer(config, environment),
    agentContainer(config, environment),
    ...monitoringContainers(config),
  ]
    .filter((spec) => spec !== null)
    .map((spec): ContainerSpec => ({ ...spec, replicas: scale[spec.name] ?? spec.replicas }));
  const mounted = services.flatMap(({ mounts }) => mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : [])));
  return {
    project: config.project.name,
    environment,
    networks: [
      { name: 'front', internal: false },
      { name: 'back', internal: true },
    ],
    volumes: [...new Set(mounted)].toSorted(),
    services,
    notes: officialNotes(config),
    ...(config.project.target === 'swarm' && { swarm: swarmSettings(config, services) }),
  };
}

/** Services of which there can be more than one. */
export const SCALABLE: readonly ServiceName[] = ['storage', 'meta'];
