import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { z } from 'zod';
import { identifyProcess, isAlive } from '../process-identity.ts';
import { asFsError, errnoOf } from './fs-errors.ts';
import { processIdSchema } from './state-file.ts';

export interface Lock {
  release(): void;
}

const holderSchema = processIdSchema.extend({ purpose: z.string() });
type Holder = z.infer<typeof holderSchema>;

/**
 * Takes the lock file, or fails at once. A lock whose holder is gone (by pid and start time) is taken over.
 * @throws SJ_LOCKED naming the holder
 */
export function acquireLock(path: string, purpose: string): Lock {
  const self = identifyProcess(process.pid) ?? { pid: process.pid, startTime: 'unknown' };
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify({ ...self, purpose } satisfies Holder), { mode: 0o600 });
    for (let attempt = 0; attempt < 5; attempt++) {
      // A link appears with its content or not at all, so nobody reads a half-written lock.
      if (tryLink(temporary, path)) return { release: () => releaseLock(path, self.pid) };
      const holder = readHolder(path);
      if (holder && isAlive(holder)) throw lockedBy(holder);
      takeAwayStale(path, temporary);
    }
  } catch (error) {
    throw asFsError(error, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  throw new SupastorError('SJ_LOCKED', 'Another command is taking the lock at the same time', { hint: 'try again' });
}

function lockedBy(holder: Holder): SupastorError {
  return new SupastorError('SJ_LOCKED', `"${holder.purpose}" is running for this environment (process ${holder.pid})`, {
    hint: 'wait for it to finish, then try again',
    meta: { pid: holder.pid, purpose: holder.purpose },
  });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock. When another process renewed it in between, its lock is put back. */
function takeAwayStale(path: string, temporary: string): void {
  const aside = `${temporary}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  const holder = readHolder(aside);
  if (holder && isAlive(holder)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | null {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function releaseLock(path: string, pid: number): void {
  if (readHolder(path)?.pid !== pid) return;
  try {
    unlinkSync(path);
  } catch (error) {
    // `down --volumes` removes the directory the lock is in.
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
