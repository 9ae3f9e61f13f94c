import { rmdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { type ControlServer, startControlServer } from '../control-server.ts';
import { acquireLock } from '../files/lock.ts';
import type { StackPaths } from '../files/paths.ts';
import { controlSocketPath, ensureRuntimeDir, postgresSocketDir, type RuntimeHost } from '../files/runtime-dir.ts';
import type { RotationLimits } from '../logs/log-file.ts';
import { resolvePlacement } from '../placement.ts';
import { SYSTEM_DIR } from '../postgres/binaries.ts';
import { createPostgresLauncher } from '../postgres/launcher.ts';
import { postgresOwner } from '../postgres/owner.ts';
import type { Launcher } from './launcher.ts';
import { createNodeLauncher, type NodeEntry } from './node-launcher.ts';
import { Supervisor, type SupervisorOptions } from './supervisor.ts';

const NODE_SERVICES = ['storage', 'meta', 'admin'] as const satisfies readonly ServiceName[];
type NodeService = (typeof NODE_SERVICES)[number];

export interface RunSupervisorOptions {
  readonly paths: StackPaths;
  readonly host: RuntimeHost;
  readonly limits: RotationLimits;
  /** The programs of the services that Node runs. */
  readonly entries: Readonly<Record<NodeService, NodeEntry>>;
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
    const program = NODE_SERVICES.find((name) => name === service);
    if (program === undefined)
      throw new SupastorError('SJ_SERVICE_UNKNOWN', `The embedded target has no ${service}`, { hint: 'supastor status' });
    return createNodeLauncher({
      entry: options.entries[program],
      nodePath: options.nodePath,
      baseEnvironment: options.baseEnvironment,
      cwd: paths.projectDir,
      compileCacheDir: paths.cacheDir,
      volumes: placement.volumes,
      controlSocket,
      postgresSocketDir: socketDir,
      marker,
    });
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
