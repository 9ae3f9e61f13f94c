import { CONFIG_FIELDS } from '@supastor/contract/config/fields';
import type { Config } from '@supastor/contract/config/schema';
import { readPath, writePath } from '../config/paths.ts';
import { stableJson } from '../stack/spec-hash.ts';
import { type ContainerFile, type ContainerSpec, type ContainerStack, FILES_DIR } from '../stack/containers/container-spec.ts';
import {
  type ComposeAttachment,
  type ComposeDocument,
  type ComposeExtension,
  type ComposeTree,
  EXTENSION,
  SETUP_SERVICE,
  SOCKET_DIR,
  SOCKET_VOLUME,
} from './compose-file.ts';
import { attachments, escape, exportService } from './export-service.ts';
import { renderSecrets } from './secret-names.ts';

/** What an engine target calls its things, so that a compose file finds the same data and nothing runs twice. */
export interface EngineNames {
  /** Of everything that the engine target makes of the stack. */
  readonly prefix: string;
  volumeName(volume: string): string;
  volumeLabels(volume: string): Readonly<Record<string, string>>;
  /** Labels by which the agent sees a container of the compose file; its `environment` is not the stack's own. */
  serviceLabels(spec: ContainerSpec, environment: string): Readonly<Record<string, string>>;
  /** For psql, as the administrative role over the socket; the same for the same spec. */
  databaseSetupSql(spec: ContainerSpec): string;
}

export interface ComposeExport {
  readonly document: ComposeDocument;
  readonly attachments: readonly ComposeAttachment[];
  /** Content of `compose.secrets/supastor.env`. */
  readonly secrets: string;
}

/** A stack of containers as a compose file and the files beside it. No secret is in the former. */
export function exportCompose(stack: ContainerStack, config: Config, names: EngineNames): ComposeExport {
  const environment = `${stack.environment}-compose`;
  const services = stack.services.map((spec) => (spec.name === 'agent' ? lookAt(spec, environment) : spec));
  const postgres = services.find(({ name }) => name === 'postgres');
  const setup = postgres === undefined ? null : setupService(postgres, names.databaseSetupSql(postgres));
  const files = [...services.flatMap(attachments), ...(setup?.attachments ?? [])];
  return {
    document: {
      name: names.prefix,
      services: {
        ...Object.fromEntries(services.map((spec) => [spec.name, exportService(spec, names.serviceLabels(spec, environment))])),
        ...(setup !== null && { [SETUP_SERVICE]: setup.service }),
      },
      networks: Object.fromEntries(stack.networks.map(({ name, internal }) => [name, internal ? { internal } : {}])),
      volumes: {
        ...Object.fromEntries(stack.volumes.map((name) => [name, { name: names.volumeName(name), labels: names.volumeLabels(name) }])),
        ...(setup !== null && { [SOCKET_VOLUME]: MEMORY }),
      },
      secrets: declare(files, true),
      configs: declare(files, false),
      [EXTENSION]: describe(stack, config),
    },
    attachments: files,
    secrets: renderSecrets(config),
  };
}

/** Forgotten when nobody uses it. */
const MEMORY = {
  driver: 'local',
  driver_opts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1048576,mode=1777,noexec,nosuid,nodev' },
};

/** Containers of compose have an environment of their own in their labels: the engine target must not take them for its own. */
function lookAt(agent: ContainerSpec, environment: string): ContainerSpec {
  return { ...agent, environment: { ...agent.environment, SUPASTOR_ENVIRONMENT: environment } };
}

function setupService(
  postgres: ContainerSpec,
  sql: string,
): { readonly service: ComposeTree; readonly attachments: readonly ComposeAttachment[] } {
  const file: ContainerFile = { name: 'database-setup.sql', content: sql, secret: true };
  const user = postgres.environment['POSTGRES_USER'] ?? 'postgres';
  const command = ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', SOCKET_DIR, '-U', user, '-d', 'postgres'];
  const spec: ContainerSpec = {
    ...postgres,
    entrypoint: [...command, '-f', `${FILES_DIR}/${file.name}`],
    command: [],
    dependsOn: [],
    environment: {},
    files: [file],
    mounts: [{ kind: 'volume', volume: SOCKET_VOLUME, path: SOCKET_DIR, readOnly: false }],
    networks: [],
    health: null,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5000,
  };
  const { update: _update, deploy: _deploy, labels: _labels, ...service } = exportService(spec, {});
  return {
    service: { ...service, restart: 'no', depends_on: { postgres: { condition: 'service_healthy' } } },
    attachments: attachments(spec),
  };
}

function declare(files: readonly ComposeAttachment[], secret: boolean): ComposeTree {
  const own = files.filter((file) => file.secret === secret);
  return Object.fromEntries(own.map(({ path }) => [path.slice(path.indexOf('/') + 1), { file: `./${path}` }]));
}

/** The version of {@link ComposeExtension}. */
export const EXTENSION_VERSION = '1';

function describe({ environment }: ContainerStack, config: Config): ComposeExtension {
  const tree: Record<string, unknown> = {};
  for (const { path, secret, defaultValue } of CONFIG_FIELDS) {
    const value = readPath(config, path);
    if (secret === true || value === undefined || isOfThisMachine(path, config)) continue;
    if (stableJson(value) !== stableJson(defaultValue ?? null)) writePath(tree, path, escapeAll(value));
  }
  return { version: EXTENSION_VERSION, environment, config: tree };
}

function escapeAll(value: unknown): unknown {
  if (typeof value === 'string') return escape(value);
  return Array.isArray(value) ? value.map(escapeAll) : value;
}

/** Settings that mean nothing elsewhere: files of certificates are carried by their content. */
function isOfThisMachine(path: string, { postgres: { ca, cert, key } }: Config): boolean {
  const contents: Readonly<Record<string, unknown>> = { 'postgres.caFile': ca, 'postgres.certFile': cert, 'postgres.keyFile': key };
  return path === 'containers.engine' || contents[path] !== undefined;
}
