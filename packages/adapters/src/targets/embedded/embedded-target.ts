import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { PlanStep } from '@supastor/core/stack/plan';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import type { PortChoice, StackTarget } from '@supastor/core/stack/stack-target.port';
import { createControlClient, type SupervisorClient } from './control-client.ts';
import { guardFs } from './files/fs-errors.ts';
import { acquireLock, type Lock } from './files/lock.ts';
import type { StackPaths } from './files/paths.ts';
import { controlSocketPath, ensureRuntimeDir, type RuntimeHost } from './files/runtime-dir.ts';
import { readState, writePlacement } from './files/state-file.ts';
import { observeEmbedded } from './observe.ts';
import { type ResolvedPlacement, resolvePlacement, toRecord } from './placement.ts';
import { locateBinaries, SYSTEM_DIR } from './postgres/binaries.ts';
import { ensureCluster } from './postgres/cluster.ts';
import { postgresOwner } from './postgres/owner.ts';
import { isAlive } from './process-identity.ts';
import { spawnSupervisor, type SupervisorProgram } from './spawn-supervisor.ts';

/** Suffix of data that a restore puts together beside its place. */
export const FRESH_SUFFIX = '.restoring';

export interface EmbeddedTargetOptions {
  readonly paths: StackPaths;
  readonly host: RuntimeHost;
  readonly program: SupervisorProgram;
}

export interface EmbeddedTarget extends StackTarget {
  readonly paths: StackPaths;
  /** Power over the running services. Its calls fail with SJ_SUPERVISOR_UNREACHABLE while there is no supervisor. */
  readonly control: SupervisorClient;
  /** One command at a time may change this environment. @throws SJ_LOCKED */
  lock(purpose: string): Lock;
}

/** Services as plain processes of this machine, looked after by a supervisor process. */
export function createEmbeddedTarget(options: EmbeddedTargetOptions): EmbeddedTarget {
  const { paths, host } = options;
  const placement = resolvePlacement(paths, host);
  const control = createControlClient(controlSocketPath(placement.runtimeDir));
  const plannedPorts: PortChoice[] = [];
  return {
    paths,
    control,
    lock: (purpose) => acquireLock(paths.lockFile, purpose),
    async observe(desired) {
      const observed = await observeEmbedded(paths, resolvePlacement(paths, host), control, desired);
      plannedPorts.splice(0, plannedPorts.length, ...observed.ports);
      return observed;
    },
    async execute(step, signal) {
      await executeStep({ ...options, control, plannedPorts }, step, signal);
    },
  };
}

interface StepContext extends EmbeddedTargetOptions {
  readonly control: SupervisorClient;
  readonly plannedPorts: readonly PortChoice[];
}

async function executeStep(context: StepContext, step: PlanStep, signal?: AbortSignal): Promise<void> {
  const { control, paths, host } = context;
  switch (step.kind) {
    case 'start-supervisor':
      await startSupervisor(context, step.adopts, signal);
      return;
    case 'create-data':
      await createData(paths, host, step.volume);
      return;
    case 'restart':
      await control.act(step.service, 'stop', signal);
      await runService(context, step.spec, signal);
      return;
    case 'start':
    case 'update':
      await runService(context, step.spec, signal);
      return;
    case 'stop':
      await control.act(step.service, 'stop', signal);
      if (step.forget) await control.forget(step.service, signal);
      return;
    case 'stop-supervisor':
      await stopSupervisor(context, signal);
      return;
    case 'remove-volumes':
      await removeData(paths, resolvePlacement(paths, host), step.volumes);
  }
}

async function startSupervisor(context: StepContext, adopts: readonly ServiceName[], signal?: AbortSignal): Promise<void> {
  const { paths, host, control, program } = context;
  const placement = resolvePlacement(paths, host);
  await ensureStateDirs(paths, host);
  ensureRuntimeDir(placement.runtimeDir, host.uid);
  writePlacement(paths.placementFile, toRecord(paths, placement));
  await spawnSupervisor({ paths, program, control, ...(signal ? { signal } : {}) });
  // Adopted services have to show that they are well before anything builds on them.
  while (adopts.length > 0) {
    const statuses = await control.status(signal);
    if (!statuses.some(({ name, state }) => adopts.includes(name) && (state === 'starting' || state === 'backoff'))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function runService({ control, paths, host, plannedPorts }: StepContext, spec: PlacedSpec, signal?: AbortSignal): Promise<void> {
  const placement = resolvePlacement(paths, host);
  const chosen = plannedPorts
    .filter(({ service }) => service === spec.name)
    .map(({ name, preferred, chosen: port }) => [`${spec.name}.${name}`, { preferred, chosen: port }]);
  writePlacement(paths.placementFile, toRecord(paths, { ...placement, ports: { ...placement.ports, ...Object.fromEntries(chosen) } }));
  await control.apply(spec, signal);
}

async function createData(paths: StackPaths, host: RuntimeHost, volume: string): Promise<void> {
  await ensureStateDirs(paths, host);
  const dir = resolvePlacement(paths, host).volumes[volume];
  if (dir === undefined) throw new SupastorError('SJ_INTERNAL', `The embedded target has no volume ${volume}`);
  refuseHalfRestored(dir);
  if (volume === 'postgres') {
    const owner = postgresOwner(host.uid);
    if (!dir.startsWith(paths.stateDir)) await guardFs(dir, () => mkdir(dirname(dir), { recursive: true, mode: 0o711 }));
    return ensureCluster(await locateBinaries(owner, join(SYSTEM_DIR, 'postgres')), dir, owner);
  }
  await guardFs(dir, () => mkdir(dir, { recursive: true, mode: 0o700 }));
}

/** Data that is missing because a restore was killed must not be taken for data that never was. */
function refuseHalfRestored(dir: string): void {
  const fresh = dir + FRESH_SUFFIX;
  if (existsSync(dir) || !existsSync(fresh)) return;
  throw new SupastorError('SJ_CONFLICT', `A restore was interrupted before it had put ${dir} in place`, {
    hint: `run supastor backups restore again, or delete ${fresh} to begin without data`,
  });
}

/** As root the way to the database must be open for the user Postgres runs as; what is inside is closed all the same. */
export async function ensureStateDirs(paths: StackPaths, host: RuntimeHost): Promise<void> {
  const mode = host.uid === 0 ? 0o711 : 0o700;
  await guardFs(paths.stateDir, async () => {
    await mkdir(paths.stateDir, { recursive: true, mode });
    // They may be there already, made by the lock or by an earlier run as another user.
    for (const dir of [dirname(paths.stateDir), paths.stateDir]) await chmod(dir, mode);
    for (const dir of [paths.logsDir, paths.cacheDir]) await mkdir(dir, { recursive: true, mode: 0o700 });
  });
}

const LEAVE_TIMEOUT_MS = 5000;

async function stopSupervisor({ control, paths }: StepContext, signal?: AbortSignal): Promise<void> {
  const supervisor = readState(paths.stateFile)?.supervisor;
  await control.shutdown(signal);
  const deadline = performance.now() + LEAVE_TIMEOUT_MS;
  for (;;) {
    if (!supervisor || !isAlive(supervisor) || performance.now() > deadline) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function removeData(paths: StackPaths, placement: ResolvedPlacement, volumes: readonly string[]): Promise<void> {
  for (const volume of volumes) {
    const dir = placement.volumes[volume];
    if (dir === undefined) continue;
    // A damaged record must never point the deletion at someone else's files.
    const outside = join(SYSTEM_DIR, paths.id, volume);
    if (dir !== join(paths.stateDir, volume) && dir !== outside) {
      throw new SupastorError(
        'SJ_CONFLICT',
        `The data of ${volume} is recorded at ${dir}, which is not a place of ours; it was not deleted`,
        {
          hint: `delete it by hand, then ${paths.stateDir}`,
        },
      );
    }
    await guardFs(dir, () => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
    if (dir === outside) await rmdir(dirname(dir)).catch(() => undefined);
  }
  await guardFs(paths.stateDir, () => rm(paths.stateDir, { recursive: true, force: true, maxRetries: 3 }));
}
