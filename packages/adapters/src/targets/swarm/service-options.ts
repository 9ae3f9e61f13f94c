import type Docker from 'dockerode';
import { type ContainerMount, type ContainerSpec, FILES_DIR } from '@supastor/core/stack/containers/container-spec';
import { hashSwarmService, type SwarmService } from '@supastor/core/stack/swarm/swarm-service';
import { containerOptions } from '../docker/container-options.ts';
import { engineName, LABELS, ownLabels, type StackId } from '../docker/labels.ts';
import type { KeptFile } from './files.ts';

/** Ids of what a service refers to, by the names we give. */
export interface SwarmReferences {
  readonly networks: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, KeptFile>;
}

/** Engines before 25 do not know it and do without. */
const PRIVILEGES: Docker.Privileges & { readonly NoNewPrivileges: boolean } = { NoNewPrivileges: true };
const NANOSECONDS = 1_000_000;
/** The edge needs a moment to find a new replica before the next old one goes. */
const SETTLE_MS = 2000;
const RESTART_DELAY_MS = 1000;

/** What a manager is told of a service. The container itself is as on a single engine. */
export function serviceOptions(stack: StackId, service: SwarmService, references: SwarmReferences) {
  const { container: spec, settings, replicas } = service;
  const told = { [LABELS.service]: spec.name, [LABELS.specHash]: hashSwarmService(service) };
  const ports = JSON.stringify(Object.fromEntries(spec.published.map(({ name, port }) => [name, port])));
  return {
    Name: engineName(stack, spec.name),
    Labels: { ...ownLabels(stack, 'service', spec.name), ...told, [LABELS.ports]: ports },
    TaskTemplate: {
      ContainerSpec: { ...taskContainer(stack, spec, references), Labels: { ...ownLabels(stack, 'task', spec.name), ...told } },
      Resources: { Limits: limits(spec) },
      RestartPolicy: { Condition: 'any', Delay: RESTART_DELAY_MS * NANOSECONDS },
      Placement: {
        Constraints: [...service.constraints],
        ...(settings.spreadOver === null ? {} : { Preferences: [{ Spread: { SpreadDescriptor: settings.spreadOver } }] }),
      },
      Networks: spec.networks.map((name) => ({ Target: references.networks.get(name) ?? engineName(stack, name), Aliases: [spec.name] })),
      LogDriver: logDriver(stack, spec),
    },
    Mode: replicas === null ? { Global: {} } : { Replicated: { Replicas: replicas } },
    UpdateConfig: { ...updateConfig(service), FailureAction: settings.failureAction },
    RollbackConfig: { ...updateConfig(service), FailureAction: 'pause' },
    EndpointSpec: {
      Mode: settings.endpointMode,
      Ports: spec.published.map(({ port, containerPort }) => ({
        Protocol: 'tcp' as const,
        TargetPort: containerPort,
        PublishedPort: port,
        PublishMode: settings.publish,
      })),
    },
  };
}

/** The part of a container that a swarm takes in words of its own. */
function taskContainer(stack: StackId, spec: ContainerSpec, { files }: SwarmReferences) {
  // Said once, for engines and swarms alike.
  const { Env, User, StopSignal, Healthcheck, HostConfig } = containerOptions(stack, spec, 0);
  const [UID = '0', GID = '0'] = spec.user.split(':');
  const given = spec.files.map((file) => {
    const kept = files.get(file.digest ?? '');
    const File = { Name: `${FILES_DIR}/${file.name}`, UID, GID, Mode: file.secret ? 0o400 : 0o444 };
    return { File, secret: file.secret, id: kept?.id ?? '', name: kept?.name ?? '' };
  });
  return {
    Image: spec.image,
    ...(spec.entrypoint === null ? {} : { Command: [...spec.entrypoint] }),
    ...(spec.command === null ? {} : { Args: [...spec.command] }),
    Env,
    User,
    StopSignal,
    StopGracePeriod: spec.stopTimeoutMs * NANOSECONDS,
    Healthcheck,
    ReadOnly: HostConfig?.ReadonlyRootfs,
    Init: HostConfig?.Init,
    CapabilityDrop: HostConfig?.CapDrop,
    ...(spec.capabilities.length === 0 ? {} : { CapabilityAdd: spec.capabilities.map((name) => `CAP_${name}`) }),
    Privileges: PRIVILEGES,
    Mounts: spec.mounts.map((mount) => mountOptions(stack, mount)),
    Secrets: given.filter(({ secret }) => secret).map(({ File, id, name }) => ({ File, SecretID: id, SecretName: name })),
    Configs: given.filter(({ secret }) => !secret).map(({ File, id, name }) => ({ File, ConfigID: id, ConfigName: name })),
  };
}

function mountOptions(stack: StackId, mount: ContainerMount): Docker.MountSettings {
  if (mount.kind === 'tmpfs')
    return { Type: 'tmpfs', Source: '', Target: mount.path, TmpfsOptions: { SizeBytes: mount.maxBytes, Mode: 0o1777 } };
  if (mount.kind === 'bind') return { Type: 'bind', Source: mount.source, Target: mount.path, ReadOnly: mount.readOnly };
  return {
    Type: 'volume',
    Source: engineName(stack, mount.volume),
    Target: mount.path,
    ReadOnly: mount.readOnly,
    VolumeOptions: { NoCopy: false, Labels: ownLabels(stack, 'volume', mount.volume), DriverConfig: { Name: 'local', Options: {} } },
  };
}

function limits({ limits: { memoryBytes, cpus, processes } }: ContainerSpec) {
  return {
    ...(memoryBytes === null ? {} : { MemoryBytes: memoryBytes }),
    ...(cpus === null ? {} : { NanoCPUs: Math.round(cpus * 1e9) }),
    ...(processes === null ? {} : { Pids: processes }),
  };
}

function logDriver(stack: StackId, spec: ContainerSpec) {
  const config = containerOptions(stack, spec, 0).HostConfig?.LogConfig;
  return { Name: config?.Type, Options: { ...config?.Config } };
}

function updateConfig({ container, settings }: SwarmService) {
  return {
    Parallelism: settings.parallelism,
    Delay: SETTLE_MS * NANOSECONDS,
    Monitor: settings.monitorMs * NANOSECONDS,
    MaxFailureRatio: 0,
    Order: container.update,
  };
}
