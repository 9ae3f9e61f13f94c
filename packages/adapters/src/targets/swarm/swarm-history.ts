import type Docker from 'dockerode';
import { z } from 'zod';
import { type DeployRecord, deployRecordSchema } from '@supastor/contract/wire/deploy-record';
import type { DeployHistory } from '@supastor/core/stack/containers/container-target.port';
import { sealStack } from '@supastor/core/stack/swarm/swarm-service';
import { statusOf, unlessDone } from '../docker/engine.ts';
import { ownFilter, ownLabels, type StackId } from '../docker/labels.ts';
import { keptName } from './files.ts';
import { type Kept, keptSchema } from './wire.ts';

/** Deploys that are remembered; an older one gives its place to a new one. */
const KEPT = 10;

/**
 * Records of deploys as configs of the swarm, so that every manager has them. Configs can be read by whoever speaks to a manager, so
 * a record holds its stack without secrets: the swarm keeps those as long as a record names them.
 */
export function createSwarmHistory(docker: Docker, id: StackId): DeployHistory {
  const load = async () => z.array(keptSchema).parse(await docker.listConfigs({ filters: ownFilter(id, 'state') }));
  const remove = (configs: readonly Kept[]) => Promise.all(configs.map(({ ID }) => unlessDone(docker.getConfig(ID).remove())));
  return {
    async list() {
      const records = new Map<number, DeployRecord>();
      for (const record of (await load()).flatMap((config) => parseRecord(config) ?? []))
        // Of a record that was being replaced there are two.
        if (record.outcome !== 'running' || !records.has(record.id)) records.set(record.id, record);
      return [...records.values()].toSorted((a, b) => a.id - b.id);
    },
    async write(record) {
      const before = await load();
      const name = keptName(id, `deploy-${record.id}-${record.outcome}`);
      const Data = Buffer.from(JSON.stringify({ ...record, stack: sealStack(record.stack) })).toString('base64');
      try {
        await docker.createConfig({ Name: name, Labels: ownLabels(id, 'state', `deploy-${record.id}`), Data });
      } catch (error) {
        if (statusOf(error) !== 409) throw error;
      }
      await remove(
        before.filter((config) => {
          const other = parseRecord(config);
          return other === null || other.id <= record.id - KEPT || (other.id === record.id && config.Spec.Name !== name);
        }),
      );
    },
    async remove() {
      await remove(await load());
    },
  };
}

/** Digests of the files that remembered deploys need to be brought back. */
export async function rememberedFiles(history: DeployHistory): Promise<readonly string[]> {
  const records = (await history.list()).filter(({ outcome }) => outcome === 'done');
  return records.flatMap(({ stack }) => stack.services.flatMap(({ files }) => files.flatMap(({ digest }) => digest ?? [])));
}

function parseRecord({ Spec: { Data } }: Kept): DeployRecord | null {
  try {
    return deployRecordSchema.safeParse(JSON.parse(Buffer.from(Data, 'base64').toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
