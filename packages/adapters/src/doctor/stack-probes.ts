import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@supastor/contract/config/schema';
import type { PortFact, SupervisorFact } from '@supastor/core/doctor/stack-checks';
import { createControlClient } from '../targets/embedded/control-client.ts';
import { stackPaths, STATE_DIR_NAME } from '../targets/embedded/files/paths.ts';
import { chooseRuntimeDir, controlSocketPath, postgresSocketDir } from '../targets/embedded/files/runtime-dir.ts';
import { readPlacement, readState } from '../targets/embedded/files/state-file.ts';
import { isPortFree } from '../targets/embedded/ports.ts';
import { blockingDirectory, postgresOwner } from '../targets/embedded/postgres/owner.ts';
import { isAlive } from '../targets/embedded/process-identity.ts';

const CONTROL_TIMEOUT_MS = 3000;

export interface StackPlace {
  readonly projectDir: string;
  readonly environment: string;
  readonly uid: number;
  readonly xdgRuntimeDir: string | undefined;
}

/** Whether a supervisor of this stack answers, is gone for good, or left something behind. */
export async function probeSupervisor(place: StackPlace, signal?: AbortSignal): Promise<SupervisorFact> {
  const paths = stackPaths(place.projectDir, place.environment);
  const placement = readPlacement(paths.placementFile);
  const supervisor = readState(paths.stateFile)?.supervisor ?? null;
  const socket = placement === null ? null : controlSocketPath(placement.runtimeDir);
  if (socket !== null && existsSync(socket)) {
    const timeout = AbortSignal.timeout(CONTROL_TIMEOUT_MS);
    const services = await createControlClient(socket)
      .status(signal ? AbortSignal.any([signal, timeout]) : timeout)
      .catch(() => null);
    if (services !== null) return { kind: 'running', services };
  }
  signal?.throwIfAborted();
  if (supervisor !== null && isAlive(supervisor)) return { kind: 'unreachable', pid: supervisor.pid };
  if (supervisor !== null) return { kind: 'stale', detail: `process ${supervisor.pid} ended without cleaning up` };
  if (socket !== null && existsSync(socket)) return { kind: 'stale', detail: `${socket} is left over` };
  return { kind: 'absent' };
}

/** Who holds each port the stack listens on (the one it runs on, else the one it would try first): nobody, we, or someone else. */
export async function probePorts(config: Config, supervisor: SupervisorFact): Promise<readonly PortFact[]> {
  const { postgres, storage, meta, admin } = config;
  const wanted = [
    { name: 'postgres', host: postgres.host, port: postgres.port, ours: postgres.managed },
    { name: 'storage', host: storage.host, port: storage.port, ours: storage.managed },
    { name: 'meta', host: meta.host, port: meta.port, ours: true },
    { name: 'admin', host: admin.host, port: admin.port, ours: true },
  ].filter((listener) => listener.ours);
  const running = supervisor.kind === 'running' ? supervisor.services : [];
  return Promise.all(
    wanted.map(async ({ name, host, port }): Promise<PortFact> => {
      const [ours] = Object.values(running.find((service) => service.name === name && service.pid !== null)?.ports ?? {});
      if (ours !== undefined) return { name, port: ours, holder: 'us' };
      return { name, port, holder: (await isPortFree(host, port)) ? 'nobody' : 'other' };
    }),
  );
}

/** The longest socket path of the stack; null when no directory is short enough. */
export function probeSocketPath({ projectDir, environment, uid, xdgRuntimeDir }: StackPlace): string | null {
  try {
    const runtimeDir = chooseRuntimeDir({ uid, xdgRuntimeDir, tmpDir: tmpdir() }, stackPaths(projectDir, environment).id);
    return join(postgresSocketDir(runtimeDir), '.s.PGSQL.65535');
  } catch {
    return null;
  }
}

/** Whether the user that runs Postgres exists and can reach the project's state. */
export function probePostgresUser({ projectDir, uid }: StackPlace): {
  readonly root: boolean;
  readonly user: boolean;
  readonly blocking: string | null;
} {
  if (uid !== 0) return { root: false, user: true, blocking: null };
  try {
    const owner = postgresOwner(uid);
    return { root: true, user: true, blocking: owner === undefined ? null : blockingDirectory(join(projectDir, STATE_DIR_NAME), owner) };
  } catch {
    return { root: true, user: false, blocking: null };
  }
}
