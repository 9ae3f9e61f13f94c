import { type ContainerFile, type ContainerMount, type ContainerSpec, FILES_DIR } from '../stack/containers/container-spec.ts';
import {
  type ComposeAttachment,
  type ComposeTree,
  CONFIGS_DIR,
  SECRETS_DIR,
  SETUP_SERVICE,
  SOCKET_DIR,
  SOCKET_VOLUME,
} from './compose-file.ts';

/** One container as a service of a compose file, hardened as the engine target does it. Everything that compose would interpolate is escaped. */
export function exportService(spec: ContainerSpec, labels: Readonly<Record<string, string>>): ComposeTree {
  const { limits, logs } = spec;
  return {
    image: escape(spec.image),
    ...(spec.entrypoint !== null && { entrypoint: spec.entrypoint.map(escape) }),
    ...(spec.command !== null && { command: spec.command.map(escape) }),
    ...(spec.dependsOn.length > 0 && { depends_on: dependencies(spec) }),
    init: true,
    restart: 'unless-stopped',
    user: spec.user,
    read_only: true,
    cap_drop: ['ALL'],
    ...(spec.capabilities.length > 0 && { cap_add: [...spec.capabilities] }),
    security_opt: ['no-new-privileges:true'],
    ...(Object.keys(spec.environment).length > 0 && { environment: mapValues(spec.environment, escape) }),
    ...fileEntries(spec),
    ...mountEntries(spec),
    ...(spec.networks.length === 0 ? { network_mode: 'none' } : { networks: [...spec.networks] }),
    ...(spec.published.length > 0 && {
      ports: spec.published.map(({ host, port, containerPort }) => ({
        target: containerPort,
        host_ip: host,
        published: String(port),
        protocol: 'tcp',
      })),
    }),
    ...(spec.health !== null && {
      healthcheck: {
        test: ['CMD', ...spec.health.command.map(escape)],
        interval: `${spec.health.intervalMs}ms`,
        timeout: `${spec.health.timeoutMs}ms`,
        start_period: `${spec.health.startPeriodMs}ms`,
        retries: spec.health.retries,
      },
    }),
    stop_signal: spec.stopSignal,
    stop_grace_period: `${Math.ceil(spec.stopTimeoutMs / 1000)}s`,
    ...(limits.memoryBytes !== null && { memswap_limit: String(limits.memoryBytes) }),
    deploy: {
      replicas: spec.replicas,
      update_config: { order: spec.update },
      resources: {
        limits: {
          ...(limits.memoryBytes !== null && { memory: String(limits.memoryBytes) }),
          ...(limits.cpus !== null && { cpus: String(limits.cpus) }),
          ...(limits.processes !== null && { pids: limits.processes }),
        },
      },
    },
    logging: { driver: 'json-file', options: { 'max-size': String(logs.maxFileBytes), 'max-file': String(logs.maxFiles) } },
    labels: mapValues(labels, escape),
  };
}

/** Compose replaces what begins with a dollar sign. */
export function escape(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The name of a file of a service among all of a compose file. */
export function fileKey(service: string, { name }: Pick<ContainerFile, 'name'>): string {
  return `${service}_${name.replaceAll('/', '_')}`;
}

/** Where the content of the files of a service is, relative to the compose file. */
export function attachments({ name, files }: Pick<ContainerSpec, 'name' | 'files'>): readonly ComposeAttachment[] {
  return files.map((file) => ({
    path: `${file.secret ? SECRETS_DIR : CONFIGS_DIR}/${fileKey(name, file)}`,
    content: file.content,
    secret: file.secret,
  }));
}

function fileEntries({ name, files }: ContainerSpec): ComposeTree {
  const entries = (secret: boolean) =>
    files.filter((file) => file.secret === secret).map((file) => ({ source: fileKey(name, file), target: `${FILES_DIR}/${file.name}` }));
  const [secrets, configs] = [entries(true), entries(false)];
  return { ...(secrets.length > 0 && { secrets }), ...(configs.length > 0 && { configs }) };
}

function dependencies({ dependsOn }: ContainerSpec): ComposeTree {
  return {
    ...Object.fromEntries(dependsOn.map((name) => [name, { condition: 'service_healthy' }])),
    ...(dependsOn.includes('postgres') && { [SETUP_SERVICE]: { condition: 'service_completed_successfully' } }),
  };
}

function mountEntries(spec: ContainerSpec): ComposeTree {
  const mounts = spec.name === 'postgres' ? spec.mounts.map(shareSocket) : spec.mounts;
  const volumes = mounts.flatMap((mount) => (mount.kind === 'tmpfs' ? [] : [volumeEntry(mount)]));
  const tmpfs = mounts.flatMap((mount) => (mount.kind === 'tmpfs' ? [`${mount.path}:${scratchOptions(spec, mount.maxBytes)}`] : []));
  return { ...(volumes.length > 0 && { volumes }), ...(tmpfs.length > 0 && { tmpfs }) };
}

/** What sets the database up is a container of its own here. */
function shareSocket(mount: ContainerMount): ContainerMount {
  return mount.path === SOCKET_DIR ? { kind: 'volume', volume: SOCKET_VOLUME, path: SOCKET_DIR, readOnly: false } : mount;
}

function volumeEntry(mount: Exclude<ContainerMount, { readonly kind: 'tmpfs' }>): ComposeTree {
  const source = mount.kind === 'bind' ? escape(mount.source) : mount.volume;
  return { type: mount.kind, source, target: mount.path, ...(mount.readOnly && { read_only: true }) };
}

function scratchOptions({ user }: ContainerSpec, maxBytes: number): string {
  const [uid = '0', gid = '0'] = user.split(':');
  return `rw,noexec,nosuid,nodev,size=${maxBytes},uid=${uid},gid=${gid},mode=1777`;
}

function mapValues(values: Readonly<Record<string, string>>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
