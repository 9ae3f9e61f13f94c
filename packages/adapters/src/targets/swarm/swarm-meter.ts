import type Docker from 'dockerode';
import { z } from 'zod';
import type { InstanceUsage } from '@supastor/core/stack/containers/summarize-replicas';
import { createContainerMeter } from '../docker/container-meter.ts';
import type { PlacedReplica } from './tasks.ts';

const infoSchema = z.object({ Swarm: z.object({ NodeID: z.string() }) });

/**
 * Measures replicas, by their ids. A manager knows where tasks are, but an engine tells figures of its own containers only: those of
 * other nodes are missing. It never fails.
 */
export function createSwarmMeter(docker: Docker): (replicas: readonly PlacedReplica[]) => Promise<ReadonlyMap<string, InstanceUsage>> {
  const measure = createContainerMeter(docker);
  let ownNode: string | null = null;

  return async (replicas) => {
    try {
      ownNode ??= infoSchema.parse(await docker.info()).Swarm.NodeID;
    } catch {
      return new Map();
    }
    const near = replicas.flatMap(({ id, nodeId, containerId, startedAt }) =>
      nodeId === ownNode && containerId !== null && startedAt !== null ? [{ id, containerId }] : [],
    );
    const usage = await measure(near.map(({ containerId }) => containerId));
    return new Map(
      near.flatMap(({ id, containerId }) => {
        const figures = usage.get(containerId);
        return figures === undefined ? [] : [[id, figures] as const];
      }),
    );
  };
}
