import { execFileSync } from 'node:child_process';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../blobs/store-error.ts';

const REMOUNT_ATTEMPTS = 200;

/** A small file system of its own, whose faults are real. */
export interface SmallDisk {
  readonly path: string;
  /** Waits until nothing is open for writing any more. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** Takes all the space that is left. */
  fill(): Promise<void>;
  /** Gives back what {@link fill} took. */
  drain(): Promise<void>;
  remove(): Promise<void>;
}

const FILL_BYTES = [1_048_576, 4096] as const;

/** Whether we may mount file systems; tried in a name space of its own, so that nothing stays mounted. */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export async function mountSmallDisk(megabytes = 4): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'supastor-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', path]);
  const filler = join(path, 'filler');
  return {
    path,
    setReadOnly: (isReadOnly) => remount(path, isReadOnly ? 'ro' : 'rw'),
    fill: () => fill(filler),
    drain: () => rm(filler, { force: true }),
    async remove() {
      execFileSync('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
}

async function fill(path: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    for (const bytes of FILL_BYTES) while (await append(file, bytes));
  } finally {
    await file.close();
  }
}

/** False when there is no space for it. */
async function append(file: FileHandle, bytes: number): Promise<boolean> {
  try {
    await file.writeFile(Buffer.alloc(bytes, 1));
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOSPC') throw error;
    return false;
  }
}

async function remount(path: string, mode: 'ro' | 'rw'): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      execFileSync('mount', ['-o', `remount,${mode}`, path], { stdio: 'pipe' });
      return;
    } catch (error) {
      if (attempt === REMOUNT_ATTEMPTS) throw error;
      await sleep(50);
    }
  }
}
