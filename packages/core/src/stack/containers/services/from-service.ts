import type { Config } from '@supastor/contract/config/schema';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { type Reference, resolveEnvironment } from '../../references.ts';
import type { Listener, ServiceSpec } from '../../service-spec.ts';
import { poolerSslMode, sslMode, TLS_FILES } from '../../services/postgres-tls.ts';
import { type ContainerFile, type ContainerSpec, FILES_DIR } from '../container-spec.ts';

/** Ports inside the containers; what the host listens on is another matter. */
export const CONTAINER_PORTS = {
  postgres: 5432,
  storage: 5000,
  storageS3: 5001,
  meta: 8081,
  admin: 8080,
  edge: 8000,
  edgeTls: 8443,
  edgeHealth: 8404,
  imgproxy: 5001,
} as const;

/** Where storage finds imgproxy. */
export const IMGPROXY_URL = `http://imgproxy:${CONTAINER_PORTS.imgproxy}`;
export const OBJECTS_DIR = '/var/lib/supastor/objects';
/** Directory of the socket that admin-api speaks to the agent over. */
export const CONTROL_DIR = '/run/supastor-control';
export const CONTROL_SOCKET = `${CONTROL_DIR}/control.sock`;

/** Where services of a stack find one another: names that the engine resolves, and the edge for those that have replicas. */
const LISTENERS: Readonly<Record<string, Listener>> = {
  'postgres.postgres': { host: 'postgres', port: CONTAINER_PORTS.postgres },
  'storage.http': { host: 'edge', port: CONTAINER_PORTS.edge },
  'storage.s3': { host: 'edge', port: CONTAINER_PORTS.storageS3 },
  'meta.http': { host: 'edge', port: CONTAINER_PORTS.meta },
  'admin.http': { host: 'edge', port: CONTAINER_PORTS.admin },
};

/** The name that resolves to every replica of a service; behind the plain one a swarm may have a single address for all. */
export function replicasOf({ project }: Config, service: ServiceName): string {
  return project.target === 'swarm' ? `tasks.${service}` : service;
}

/** The configuration as services in containers read it: certificates for Postgres are where {@link postgresTlsFiles} puts them. */
export function containerConfig(config: Config): Config {
  const { ca, cert, key } = config.postgres;
  const files = {
    caFile: placeOf(TLS_FILES.ca, ca),
    certFile: placeOf(TLS_FILES.cert, cert),
    keyFile: placeOf(TLS_FILES.key, key),
  };
  return { ...config, postgres: { ...config.postgres, ...files } };
}

function placeOf(name: string, content: unknown): string | undefined {
  return content === undefined ? undefined : `${FILES_DIR}/${name}`;
}

/** What TLS to an external Postgres, or to a pooler, needs. */
export function postgresTlsFiles(config: Config): readonly ContainerFile[] {
  const { ca, cert, key } = config.postgres;
  if (sslMode(config) === 'disable' && poolerSslMode(config) === 'disable') return [];
  const files = [
    { name: TLS_FILES.ca, content: ca, secret: false },
    { name: TLS_FILES.cert, content: cert, secret: false },
    { name: TLS_FILES.key, content: key?.reveal(), secret: true },
  ];
  return files.flatMap(({ name, content, secret }) => (content === undefined ? [] : [{ name, content, secret }]));
}

/** The environment as a process in a container needs it, and its secrets as files beside those that are `given`. */
export function containerEnvironment(spec: ServiceSpec, changes: Readonly<Record<string, string>>, given: readonly ContainerFile[] = []) {
  const links = { ...LISTENERS };
  const resolved = resolveEnvironment({ ...spec, links }, placeReference);
  const environment: Record<string, string> = {};
  const files = [...given];
  for (const [name, value] of Object.entries({ ...resolved, ...changes })) {
    if (spec.secretNames.includes(name)) {
      files.push({ name, content: value, secret: true });
      environment[`${name}_FILE`] = `${FILES_DIR}/${name}`;
    } else environment[name] = value;
  }
  return { environment, files };
}

function placeReference({ kind, target }: Reference): string {
  if (kind === 'dir' && target === 'objects') return OBJECTS_DIR;
  if (kind === 'socket') return CONTROL_SOCKET;
  return '';
}

/** What is the same for the containers of every service. */
export function containerDefaults(config: Config, name: ServiceName, memoryBytes: number | undefined) {
  return {
    name,
    entrypoint: null,
    command: null,
    replicas: 1,
    files: [],
    mounts: [],
    published: [],
    limits: { memoryBytes: memoryBytes ?? null, cpus: null, processes: 512 },
    capabilities: [],
    update: 'start-first',
    stopSignal: 'SIGTERM',
    logs: { maxFileBytes: config.logging.maxFileBytes, maxFiles: config.logging.maxFiles },
  } as const satisfies Partial<ContainerSpec>;
}

/** Scratch space; the root file system is read-only. */
export function scratch(path: string, maxBytes = 67_108_864) {
  return { kind: 'tmpfs', path, maxBytes } as const;
}
