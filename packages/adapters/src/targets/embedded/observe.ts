import { existsSync } from 'node:fs';
import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import type { DesiredStack } from '@supastor/core/stack/desired';
import type { ObservedService, ObservedStack } from '@supastor/core/stack/stack-target.port';
import { SupastorError } from '@supastor/contract/errors';
import type { SupervisorClient } from './control-client.ts';
import { describeProcess } from './describe-process.ts';
import type { StackPaths } from './files/paths.ts';
import { readState, type ServiceRecord } from './files/state-file.ts';
import type { ResolvedPlacement } from './placement.ts';
import { choosePorts } from './ports.ts';
import { isCluster } from './postgres/cluster.ts';
import { isAlive } from './process-identity.ts';
import { createProcessMeter, type ProcessMeter } from './process-meter.ts';

/** Why a running service is shown although nobody looks after it. */
export const UNSUPERVISED = 'runs without a supervisor';

/** One snapshot: from the supervisor when it answers, else from what it wrote down and the processes that are there. */
export async function observeEmbedded(
  paths: StackPaths,
  placement: ResolvedPlacement,
  client: SupervisorClient,
  desired: DesiredStack | null,
): Promise<ObservedStack> {
  const state = readState(paths.stateFile);
  const specs = new Map((state?.services ?? []).map((record) => [record.spec.name, record.spec]));
  const live = await liveStatus(client);
  const statuses = live ?? (await offlineStatuses(state?.services ?? []));
  const services = statuses.map((status): ObservedService => ({ status, spec: specs.get(status.name) ?? null }));
  const held = Object.fromEntries(
    statuses
      .filter(({ pid }) => pid !== null)
      .flatMap(({ name, ports }) => Object.entries(ports).map(([port, number]) => [`${name}.${port}`, number])),
  );
  return {
    supervisor: supervisorState(live !== null, state?.supervisor != null),
    supervisorPid: live === null ? null : (state?.supervisor?.pid ?? null),
    services,
    volumes: await existingVolumes(placement),
    ports: desired ? await choosePorts(desired, placement.ports, held) : [],
    notes: placement.notes,
  };
}

function supervisorState(answers: boolean, leftTraces: boolean): ObservedStack['supervisor'] {
  if (answers) return 'running';
  return leftTraces ? 'dead' : 'absent';
}

async function liveStatus(client: SupervisorClient): Promise<readonly ServiceStatus[] | null> {
  try {
    return await client.status();
  } catch (error) {
    if (error instanceof SupastorError && error.code === 'SJ_SUPERVISOR_UNREACHABLE') return null;
    throw error;
  }
}

async function offlineStatuses(records: readonly ServiceRecord[]): Promise<readonly ServiceStatus[]> {
  const meter = createProcessMeter();
  await meter.refresh();
  return records.map((record) => offlineStatus(record, meter));
}

function offlineStatus(record: ServiceRecord, meter: ProcessMeter): ServiceStatus {
  const alive = record.process !== null && isAlive(record.process);
  const pid = alive && record.process ? record.process.pid : null;
  return describeProcess(record.spec, {
    // What it was last seen as; whether that still holds is found out by the supervisor that adopts it.
    state: alive ? record.state : 'stopped',
    pid,
    startedAt: record.startedAt,
    restarts: record.restarts,
    detail: alive ? UNSUPERVISED : null,
    usage: pid === null ? null : meter.measure(pid),
  });
}

async function existingVolumes({ volumes }: ResolvedPlacement): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name, dir] of Object.entries(volumes)) {
    if (name === 'postgres' ? await isCluster(dir) : existsSync(dir)) found.push(name);
  }
  return found;
}
