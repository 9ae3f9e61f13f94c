import { rmdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { MOCK_S3_DATABASE } from '@supastor/core/stack/services/mocks';
import { type ControlServer, startControlServer } from '../control-server.ts';
import { acquireLock } from '../files/lock.ts';
import type { StackPaths } from '../files/paths.ts';
import { controlSocketPath, ensureRuntimeDir, postgresSocketDir, type RuntimeHost } from '../files/runtime-dir.ts';
import type { RotationLimits } from '../logs/log-file.ts';
import { resolvePlacement } from '../placement.ts';
import { SYSTEM_DIR } from '../postgres/binaries.ts';
import { prepareDatabase } from '../postgres/bootstrap.ts';
import { createPostgresLauncher } from '../postgres/launcher.ts';
import { postgresOwner } from '../postgres/owner.ts';
import type { Launcher } from './launcher.ts';
import { createNodeLauncher, type NodeEntry } from './node-launcher.ts';
import { Supervisor, type SupervisorOptions } from './supervisor.ts';

/** The programs of the services that Node runs. `mock` is the program of the mocks; the local S3 is a storage server. */
export interface NodeEntries {
  readonly storage: NodeEntry;
  readonly meta: NodeEntry;
  readonly admin: NodeEntry;
  readonly mock: NodeEntry;
}

export interface RunSupervisorOptions {
  readonly paths: StackPaths;
  readonly host: RuntimeHost;
  readonly limits: RotationLimits;
  readonly entries: NodeEntries;
  readonly nodePath: string;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly log: SupervisorOptions['log'];
}

export interface RunningSupervisor {
  /** Resolves when a client has asked for a shutdown and it is done. */
  readonly finished: Promise<void>;
  /** Stops every service and the control server. */
  stop(): Promise<void>;
}

/** Environment name that marks every process of a stack; its value is the stack's id. */
const MARKER = 'SUPASTOR_STACK_ID';

/**
 * Runs the supervisor of one stack in this process: takes its lock, adopts what is running, and listens on the control socket.
 * @throws SJ_LOCKED when another supervisor is at work
 */
export async function runSupervisor(options: RunSupervisorOptions): Promise<RunningSupervisor> {
  const { paths, host } = options;
  const lock = acquireLock(paths.supervisorLockFile, 'supervisor');
  const placement = resolvePlacement(paths, host);
  ensureRuntimeDir(placement.runtimeDir, host.uid);
  const marker = { [MARKER]: paths.id };
  const controlSocket = controlSocketPath(placement.runtimeDir);
  const socketDir = postgresSocketDir(placement.runtimeDir);
  const launcherFor = (service: ServiceName): Launcher => {
    if (service === 'postgres') {
      const dataDir = placement.volumes['postgres'] ?? join(paths.stateDir, 'postgres');
      return createPostgresLauncher({
        dataDir,
        socketDir,
        owner: postgresOwner(userInfo().uid),
        binariesCopyDir: join(SYSTEM_DIR, 'postgres'),
        marker,
      });
    }
    const entry = entryOf(options.entries, service);
    if (entry === null) throw new SupastorError('SJ_SERVICE_UNKNOWN', `The embedded target has no ${service}`, { hint: 'supastor status' });
    const launcher = createNodeLauncher({
      entry: service === 'admin' ? withProject(entry, paths) : entry,
      nodePath: options.nodePath,
      baseEnvironment: options.baseEnvironment,
      cwd: paths.projectDir,
      compileCacheDir: paths.cacheDir,
      volumes: placement.volumes,
      controlSocket,
      postgresSocketDir: socketDir,
      marker,
    });
    return service === 's3' ? withOwnDatabase(launcher, socketDir) : launcher;
  };
  const supervisor = new Supervisor({
    paths,
    environment: paths.environment,
    limits: options.limits,
    launcherFor,
    marker: `${MARKER}=${paths.id}`,
    log: options.log,
  });
  await supervisor.start();
  const server = await startControlServer(supervisor, controlSocket);
  options.log('info', 'supervisor ready', { socket: controlSocket, pid: process.pid });
  const finish = async () => {
    await supervisor.shutdown();
    await leave(server);
    removeRuntimeDir(placement.runtimeDir);
    lock.release();
  };
  const finished = supervisor.whenStopped.then(finish);
  return { finished, stop: () => supervisor.shutdown().then(() => finished) };
}

/** The admin API is told where the configuration is. Not by the spec: it is the same wherever the project lies. */
function withProject(entry: NodeEntry, { projectDir, startContextFile }: StackPaths): NodeEntry {
  const environment = { ...entry.environment, SUPASTOR_PROJECT_DIR: projectDir, SUPASTOR_START_CONTEXT: startContextFile };
  return { ...entry, environment };
}

/** Null: the service is no program of ours. */
function entryOf(entries: NodeEntries, service: ServiceName): NodeEntry | null {
  switch (service) {
    case 'storage':
    case 's3':
      return entries.storage;
    case 'meta':
    case 'admin':
      return entries[service];
    case 'smtp':
    case 'oidc':
    case 'webhooks':
      return entries.mock;
    default:
      return null;
  }
}

/** The local S3 keeps its rows in a database of its own, which is made when it is missing. */
function withOwnDatabase(launcher: Launcher, socketDir: string): Launcher {
  return {
    ...launcher,
    async prepare(spec) {
      const port = spec.links['postgres.postgres']?.port;
      if (port === undefined) throw new SupastorError('SJ_INTERNAL', `${spec.name} does not say where its database is`);
      await prepareDatabase({ socketDir, port, database: MOCK_S3_DATABASE, owner: 'postgres' });
      return launcher.prepare(spec);
    },
  };
}

/** Sockets are of no use once nobody listens. What is not empty is left: it is not ours. */
function removeRuntimeDir(runtimeDir: string): void {
  for (const dir of [postgresSocketDir(runtimeDir), runtimeDir]) {
    try {
      rmdirSync(dir);
    } catch {
      return;
    }
  }
}

/** Lets the answer to a shutdown request leave before the server goes. */
async function leave(server: ControlServer): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await server.stop();
}
