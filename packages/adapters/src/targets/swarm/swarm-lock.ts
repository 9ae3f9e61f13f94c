import type Docker from 'dockerode';
import { z } from 'zod';
import { SupastorError } from '@supastor/contract/errors';
import type { DeployLock, LockHolder } from '@supastor/core/stack/containers/container-target.port';
import { assertStale, holderLabels } from '../docker/deploy-lock.ts';
import { statusOf, unlessDone, unlessMissing } from '../docker/engine.ts';
import { ownLabels, type StackId } from '../docker/labels.ts';
import { keptName } from './files.ts';
import { keptSchema } from './wire.ts';

const ATTEMPTS = 3;

/** The right to change a stack, alone in the whole swarm: a config, of which there can be only one of a name. @throws SJ_LOCKED */
export async function acquireSwarmLock(docker: Docker, id: StackId, holder: LockHolder): Promise<DeployLock> {
  const Name = keptName(id, 'lock');
  const Labels = { ...ownLabels(id, 'lock', 'lock'), ...holderLabels(holder) };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const created = z
        .object({ id: z.string() })
        .parse(await docker.createConfig({ Name, Labels, Data: Buffer.from('lock').toString('base64') }));
      return { release: () => unlessDone(docker.getConfig(created.id).remove()) };
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
    }
    const found: unknown = await unlessMissing(docker.getConfig(Name).inspect());
    if (found === null) continue;
    const { ID, CreatedAt, Spec } = keptSchema.parse(found);
    assertStale(Spec.Labels ?? {}, CreatedAt);
    // By id, so that a lock which somebody took meanwhile is left alone.
    await unlessDone(docker.getConfig(ID).remove());
  }
  throw new SupastorError('SJ_LOCKED', 'Another command is taking the lock at the same time', { hint: 'try again' });
}
