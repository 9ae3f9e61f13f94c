import type Docker from 'dockerode';
import { type ContainerSpec, FILES_DIR } from '@supastor/core/stack/containers/container-spec';
import { createArchive } from './archive.ts';
import { ensureEmptyImage } from './empty-image.ts';
import { unlessDone } from './engine.ts';
import { engineName, ownLabels, type StackId } from './labels.ts';

/** Makes the volume that holds data. */
export async function createVolume(docker: Docker, stack: StackId, volume: string): Promise<void> {
  await docker.createVolume({ Name: engineName(stack, volume), Labels: ownLabels(stack, 'volume', volume) });
}

/**
 * Fills a volume with a container's files, through a container that is never started. While that exists the volume counts as
 * unfinished, so that a write which was cut off is done again.
 */
export async function writeFiles(docker: Docker, stack: StackId, volume: string, spec: ContainerSpec): Promise<void> {
  const name = engineName(stack, `writer-${volume}`);
  await unlessDone(docker.getContainer(name).remove({ force: true }));
  await unlessDone(docker.getVolume(engineName(stack, volume)).remove());
  const [uid = 0, gid = 0] = spec.user.split(':').map(Number);
  const writer = await docker.createContainer({
    name,
    Image: await ensureEmptyImage(docker),
    Cmd: ['none'],
    Labels: ownLabels(stack, 'writer', volume),
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [
        {
          Type: 'volume',
          Source: engineName(stack, volume),
          Target: FILES_DIR,
          VolumeOptions: {
            NoCopy: true,
            Labels: ownLabels(stack, 'files', volume),
            DriverConfig: { Name: 'local', Options: {} },
            Subpath: '',
          },
        },
      ],
    },
  });
  const archive = await createArchive(
    spec.files.map((file) => ({ name: file.name, content: file.content, mode: file.secret ? 0o400 : 0o444, uid, gid })),
  );
  await writer.putArchive(archive, { path: FILES_DIR });
  await writer.remove({ force: true });
}

/** Removes volumes of ours. */
export async function removeVolumes(docker: Docker, stack: StackId, volumes: readonly string[]): Promise<void> {
  await Promise.all(volumes.map((volume) => unlessDone(docker.getVolume(engineName(stack, volume)).remove())));
}
