import type Docker from 'dockerode';
import type { DeployHistory } from '@supastor/core/stack/containers/container-target.port';
import { type DeployRecord, deployRecordSchema } from '@supastor/contract/wire/deploy-record';
import { createArchive, readArchive } from './archive.ts';
import { ensureEmptyImage } from './empty-image.ts';
import { statusOf, unlessDone, unlessMissing } from './engine.ts';
import { engineName, ownLabels, type StackId } from './labels.ts';

const STATE_DIR = '/state';
/** Deploys that are remembered; an older one gives its place to a new one. */
const KEPT = 20;

/**
 * Records of deploys in a volume on the engine, so that whoever deploys from wherever sees the same. The volume is read and written
 * through a container that is never started. A record holds its stack whole, secrets included: that is what a rollback needs, and
 * the volume is as closed as those of the containers' files.
 */
export function createDeployHistory(docker: Docker, id: StackId): DeployHistory {
  const keeper = engineName(id, 'state');
  return {
    async list() {
      const container = docker.getContainer(keeper);
      if ((await unlessMissing(container.inspect())) === null && !(await hasVolume(docker, id))) return [];
      await ensureKeeper(docker, id, keeper);
      const files = await readArchive(await container.getArchive({ path: STATE_DIR }));
      const records = [...files].flatMap(([name, text]) => (name.startsWith('deploy-') ? (parseRecord(text) ?? []) : []));
      return records.toSorted((a, b) => a.id - b.id);
    },
    async write(record) {
      await ensureKeeper(docker, id, keeper);
      const name = `deploy-${record.id % KEPT}.json`;
      const archive = await createArchive([{ name, content: JSON.stringify(record), mode: 0o600, uid: 0, gid: 0 }]);
      await docker.getContainer(keeper).putArchive(archive, { path: STATE_DIR });
    },
    async remove() {
      await unlessDone(docker.getContainer(keeper).remove({ force: true }));
      await unlessDone(docker.getVolume(engineName(id, 'state')).remove());
    },
  };
}

async function ensureKeeper(docker: Docker, id: StackId, name: string): Promise<void> {
  if ((await unlessMissing(docker.getContainer(name).inspect())) !== null) return;
  const volume = engineName(id, 'state');
  await docker.createVolume({ Name: volume, Labels: ownLabels(id, 'state', 'state') });
  try {
    await docker.createContainer({
      name,
      Image: await ensureEmptyImage(docker),
      Cmd: ['none'],
      Labels: ownLabels(id, 'state', 'state'),
      HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: volume, Target: STATE_DIR }] },
    });
  } catch (error) {
    // Another command made it at the same time.
    if (statusOf(error) !== 409) throw error;
  }
}

async function hasVolume(docker: Docker, id: StackId): Promise<boolean> {
  return (await unlessMissing(docker.getVolume(engineName(id, 'state')).inspect())) !== null;
}

/** A record that was cut off while it was written is as good as none. */
function parseRecord(text: string): DeployRecord | null {
  try {
    return deployRecordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
