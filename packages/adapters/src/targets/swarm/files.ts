import type Docker from 'dockerode';
import { z } from 'zod';
import { SupastorError } from '@supastor/contract/errors';
import { hashContent } from '@supastor/core/stack/containers/container-hash';
import type { ContainerFile } from '@supastor/core/stack/containers/container-spec';
import { statusOf, unlessDone } from '../docker/engine.ts';
import { LABELS, ownFilter, ownLabels, type StackId } from '../docker/labels.ts';
import { keptSchema } from './wire.ts';

/** A file that a swarm keeps: secret content as a secret, which nobody can read again, the rest as a config. */
export interface KeptFile {
  readonly id: string;
  readonly name: string;
  readonly digest: string;
  readonly secret: boolean;
}

/** Neither can be changed, so a file has its digest for a name, and new content is a new one. */
export async function listFiles(docker: Docker, id: StackId): Promise<readonly KeptFile[]> {
  const filters = ownFilter(id, 'files');
  const [secrets, configs] = await Promise.all([docker.listSecrets({ filters }), docker.listConfigs({ filters })]);
  return [...describeAll(secrets, true), ...describeAll(configs, false)];
}

/** Hands files to the swarm; those it has already stay. @throws SJ_NOT_FOUND for a secret whose content only the swarm had */
export async function writeFiles(docker: Docker, id: StackId, files: readonly ContainerFile[]): Promise<void> {
  for (const file of files) {
    const { digest, secret } = file;
    if (digest === undefined || (secret && file.content === ''))
      throw new SupastorError('SJ_NOT_FOUND', `The swarm no longer has the secret ${file.name} that this deploy needs`, {
        hint: 'supastor up',
      });
    const options = {
      Name: keptName(id, digest),
      Labels: ownLabels(id, 'files', digest),
      Data: Buffer.from(file.content).toString('base64'),
    };
    try {
      await (secret ? docker.createSecret(options) : docker.createConfig(options));
    } catch (error) {
      // The same content under the same name, of an earlier run.
      if (statusOf(error) !== 409) throw error;
    }
  }
}

export async function removeFiles(docker: Docker, id: StackId, digests: readonly string[]): Promise<void> {
  const doomed = (await listFiles(docker, id)).filter(({ digest }) => digests.includes(digest));
  await Promise.all(doomed.map((file) => unlessDone(removable(docker, file).remove())));
}

function removable(docker: Docker, { id, secret }: KeptFile): { remove(): Promise<unknown> } {
  return secret ? docker.getSecret(id) : docker.getConfig(id);
}

/** A name for something of a stack that a swarm keeps. Short whatever the stack is called: 64 characters is all there may be. */
export function keptName({ project, environment }: StackId, name: string): string {
  return `supastor-${hashContent({ project, environment })}-${name}`;
}

function describeAll(kept: unknown, secret: boolean): readonly KeptFile[] {
  return z
    .array(keptSchema)
    .parse(kept)
    .map(({ ID: id, Spec }) => ({ id, name: Spec.Name, digest: Spec.Labels?.[LABELS.name] ?? '', secret }));
}
