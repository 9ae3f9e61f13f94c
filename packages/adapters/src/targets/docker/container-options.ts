import type Docker from 'dockerode';
import { filesVolume, hashContainer } from '@supastor/core/stack/containers/container-hash';
import { type ContainerMount, type ContainerSpec, FILES_DIR } from '@supastor/core/stack/containers/container-spec';
import { engineName, LABELS, ownLabels, type StackId } from './labels.ts';

/** What the engine is told to make a replica from. It joins the first network here; the others are joined before it starts. */
export function containerOptions(stack: StackId, spec: ContainerSpec, replica: number): Docker.ContainerCreateOptions {
  const [network] = spec.networks;
  const ports = Object.fromEntries(spec.published.map((listener) => [listener.name, listener.port]));
  return {
    name: engineName(stack, `${spec.name}-${replica}`),
    Image: spec.image,
    ...(spec.entrypoint === null ? {} : { Entrypoint: [...spec.entrypoint] }),
    ...(spec.command === null ? {} : { Cmd: [...spec.command] }),
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    User: spec.user,
    Labels: {
      ...ownLabels(stack, 'replica', `${spec.name}-${replica}`),
      [LABELS.service]: spec.name,
      [LABELS.replica]: String(replica),
      [LABELS.specHash]: hashContainer(spec),
      [LABELS.ports]: JSON.stringify(ports),
    },
    StopSignal: spec.stopSignal,
    StopTimeout: Math.ceil(spec.stopTimeoutMs / 1000),
    ExposedPorts: Object.fromEntries(spec.published.map(({ containerPort }) => [port(containerPort), {}])),
    Healthcheck: healthcheck(spec),
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: [...spec.capabilities],
      SecurityOpt: ['no-new-privileges:true'],
      Init: true,
      RestartPolicy: { Name: 'unless-stopped' },
      ...(spec.limits.memoryBytes === null ? {} : { Memory: spec.limits.memoryBytes, MemorySwap: spec.limits.memoryBytes }),
      ...(spec.limits.cpus === null ? {} : { NanoCpus: Math.round(spec.limits.cpus * 1e9) }),
      ...(spec.limits.processes === null ? {} : { PidsLimit: spec.limits.processes }),
      LogConfig: { Type: 'json-file', Config: { 'max-size': String(spec.logs.maxFileBytes), 'max-file': String(spec.logs.maxFiles) } },
      Mounts: [...spec.mounts.flatMap((mount) => mountOptions(stack, mount)), ...filesMount(stack, spec)],
      Tmpfs: tmpfsOptions(spec),
      PortBindings: Object.fromEntries(
        spec.published.map((listener) => [port(listener.containerPort), [{ HostIp: listener.host, HostPort: String(listener.port) }]]),
      ),
      ...(network === undefined ? { NetworkMode: 'none' } : { NetworkMode: engineName(stack, network) }),
    },
    ...(network === undefined ? {} : { NetworkingConfig: { EndpointsConfig: { [engineName(stack, network)]: { Aliases: [spec.name] } } } }),
  };
}

function port(containerPort: number): string {
  return `${containerPort}/tcp`;
}

const NANOSECONDS = 1_000_000;

function healthcheck({ health }: ContainerSpec): Docker.HealthConfig {
  if (health === null) return { Test: ['NONE'] };
  return {
    Test: ['CMD', ...health.command],
    Interval: health.intervalMs * NANOSECONDS,
    Timeout: health.timeoutMs * NANOSECONDS,
    StartPeriod: health.startPeriodMs * NANOSECONDS,
    Retries: health.retries,
  };
}

function mountOptions(stack: StackId, mount: ContainerMount): Docker.MountConfig {
  if (mount.kind === 'tmpfs') return [];
  const Source = mount.kind === 'bind' ? mount.source : engineName(stack, mount.volume);
  return [{ Type: mount.kind, Source, Target: mount.path, ReadOnly: mount.readOnly }];
}

/** Scratch space of the container's user; nothing in it can be run. */
function tmpfsOptions({ mounts, user }: ContainerSpec): Record<string, string> {
  const [uid = '0', gid = '0'] = user.split(':');
  const options = (maxBytes: number) => `rw,noexec,nosuid,nodev,size=${maxBytes},uid=${uid},gid=${gid},mode=1777`;
  return Object.fromEntries(mounts.flatMap((mount) => (mount.kind === 'tmpfs' ? [[mount.path, options(mount.maxBytes)]] : [])));
}

function filesMount(stack: StackId, spec: ContainerSpec): Docker.MountConfig {
  const volume = filesVolume(spec);
  return volume === null ? [] : [{ Type: 'volume', Source: engineName(stack, volume), Target: FILES_DIR, ReadOnly: true }];
}
