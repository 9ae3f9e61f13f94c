import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const REMOUNT_ATTEMPTS = 200;

/** A small file system of its own, whose faults are real. */
export interface SmallDisk {
  readonly path: string;
  /** Waits until nothing is open for writing any more. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  remove(): Promise<void>;
}

/** Whether we may mount file systems; tried in a name space of its own, so that nothing stays mounted. */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A file system of 4 MB. */
export async function mountSmallDisk(): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'supastor-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', path]);
  return {
    path,
    setReadOnly: (isReadOnly) => remount(path, isReadOnly ? 'ro' : 'rw'),
    async remove() {
      execFileSync('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
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
