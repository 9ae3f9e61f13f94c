import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import type { InstanceUsage } from '@supastor/core/stack/containers/summarize-replicas';
import { CpuRates } from '@supastor/core/stack/cpu-rates';

/** What of the engine's answer we read; figures of a container that has just ended are missing. */
const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number().optional() }) }),
  memory_stats: z.object({ usage: z.number().optional(), stats: z.record(z.string(), z.number()).optional() }),
});

/** A question about the state of services waits no longer for what is only a figure beside it. */
const PATIENCE_MS = 1500;
/** Load is a difference: a container that was never looked at is looked at twice. */
const SECOND_LOOK_MS = 300;
/** What cgroups of version 2 and 1 call pages of files that are given back as soon as memory is short. */
const RECLAIMABLE = ['inactive_file', 'total_inactive_file'];

/** Measures running containers of an engine, by id. Whatever cannot be had in time is missing; it never fails. */
export type ContainerMeter = (ids: readonly string[]) => Promise<ReadonlyMap<string, InstanceUsage>>;

export function createContainerMeter(docker: Docker): ContainerMeter {
  const rates = new CpuRates();

  async function look(id: string, found: Map<string, InstanceUsage>): Promise<void> {
    // Version 1.41 of the engine's interface answers at once, an older one after a second with the second look in it.
    const stats = statsSchema.parse(await docker.getContainer(id).stats({ stream: false, 'one-shot': true }));
    const nanoseconds = stats.cpu_stats.cpu_usage.total_usage;
    const cpuSeconds = nanoseconds === undefined ? null : nanoseconds / 1e9;
    const cpuCores = cpuSeconds === null ? null : rates.note(id, cpuSeconds, performance.now());
    found.set(id, { cpuSeconds, cpuCores, memoryBytes: memoryOf(stats.memory_stats) });
  }

  async function lookAtAll(ids: readonly string[], found: Map<string, InstanceUsage>): Promise<void> {
    await Promise.allSettled(ids.map((id) => look(id, found)));
    const fresh = ids.filter((id) => found.get(id)?.cpuCores === null && found.get(id)?.cpuSeconds !== null);
    if (fresh.length === 0) return;
    await sleep(SECOND_LOOK_MS);
    await Promise.allSettled(fresh.map((id) => look(id, found)));
  }

  return async (ids) => {
    const found = new Map<string, InstanceUsage>();
    const patience = new AbortController();
    await Promise.race([lookAtAll(ids, found), sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    return new Map(found);
  };
}

/** As the engine's own client counts. */
function memoryOf({ usage, stats }: z.infer<typeof statsSchema>['memory_stats']): number | null {
  if (usage === undefined) return null;
  const reclaimable = RECLAIMABLE.flatMap((name) => stats?.[name] ?? [])[0] ?? 0;
  return reclaimable < usage ? usage - reclaimable : usage;
}
