import { hostname } from 'node:os';
import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { DeployLock, LockHolder } from '@supastor/core/stack/containers/container-target.port';
import { identifyProcess, isAlive } from '../embedded/process-identity.ts';
import { ensureEmptyImage } from './empty-image.ts';
import { statusOf, unlessDone, unlessMissing } from './engine.ts';
import { engineName, ownLabels, type StackId } from './labels.ts';

const HOLDER_LABELS = { who: 'io.supastor.lock.who', host: 'io.supastor.lock.host', purpose: 'io.supastor.lock.purpose' } as const;
const PROCESS_LABELS = { pid: 'io.supastor.lock.pid', startTime: 'io.supastor.lock.start-time' } as const;
/** A holder on another machine cannot be looked at: it is given this long. */
const MAX_AGE_MS = 30 * 60_000;
const ATTEMPTS = 3;

/**
 * One deploy at a time, from whichever machine: the lock is a container that is never started, since an engine gives a name only once.
 * A holder on this machine that is dead, or one that is too old, loses it.
 * @throws SJ_LOCKED naming the holder
 */
export async function acquireDeployLock(docker: Docker, id: StackId, holder: LockHolder): Promise<DeployLock> {
  const name = engineName(id, 'deploy-lock');
  const Labels = { ...ownLabels(id, 'lock', 'deploy'), ...holderLabels(holder) };
  const Image = await ensureEmptyImage(docker);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const lock = await docker.createContainer({ name, Image, Cmd: ['none'], Labels, HostConfig: { NetworkMode: 'none' } });
      return { release: () => unlessDone(lock.remove({ force: true })) };
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
    }
    await breakStale(docker, name);
  }
  throw new SupastorError('SJ_LOCKED', 'Another command is taking the lock at the same time', { hint: 'try again' });
}

async function breakStale(docker: Docker, name: string): Promise<void> {
  const info = await unlessMissing(docker.getContainer(name).inspect());
  if (info === null) return;
  assertStale(info.Config.Labels, info.Created);
  // By id, so that a lock which somebody took meanwhile is left alone.
  await unlessDone(docker.getContainer(info.Id).remove({ force: true }));
}

/** What a lock says of its holder, this process. */
export function holderLabels({ who, purpose }: LockHolder): Record<string, string> {
  const self = identifyProcess(process.pid) ?? { pid: process.pid, startTime: 'unknown' };
  return {
    [HOLDER_LABELS.who]: who,
    [HOLDER_LABELS.purpose]: purpose,
    [HOLDER_LABELS.host]: hostname(),
    [PROCESS_LABELS.pid]: String(self.pid),
    [PROCESS_LABELS.startTime]: self.startTime,
  };
}

/** Returns when the holder of a lock has lost it. @throws SJ_LOCKED naming the holder */
export function assertStale(labels: Readonly<Record<string, string>>, createdAt: string): void {
  const host = labels[HOLDER_LABELS.host] ?? '';
  const pid = Number(labels[PROCESS_LABELS.pid]);
  const isGone = host === hostname() && !isAlive({ pid, startTime: labels[PROCESS_LABELS.startTime] ?? '' });
  const isOld = Date.now() - Date.parse(createdAt) > MAX_AGE_MS;
  if (isGone || isOld) return;
  const [who, purpose] = [labels[HOLDER_LABELS.who], labels[HOLDER_LABELS.purpose]];
  throw new SupastorError('SJ_LOCKED', `"${purpose}" of ${who} on ${host} is running for this environment since ${createdAt}`, {
    hint: 'wait for it to finish, then try again',
    meta: { who, purpose, host },
  });
}
