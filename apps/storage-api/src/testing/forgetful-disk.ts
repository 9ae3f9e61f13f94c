import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';

/** A mounted file system that keeps only what was synced; see forgetful-fs.py. */
export interface ForgetfulDisk {
  readonly path: string;
  /** Takes back all that was not synced. Nobody may have files open. */
  losePower(): Promise<void>;
  remove(): Promise<void>;
}

const PYTHON = '/usr/bin/python3';
const MODULE = '/usr/lib/python3/dist-packages/fusepy.py';
const MOUNT_MS = 15_000;

/** Why there can be no such disk here; null when there can. */
export function whyNoForgetfulDisk(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  if (!existsSync('/dev/fuse')) return 'needs /dev/fuse';
  return existsSync(MODULE) ? null : 'needs the Debian package python3-fusepy';
}

export async function mountForgetfulDisk(): Promise<ForgetfulDisk> {
  const dir = await createTempDir('forgetful');
  const [backing, path] = [join(dir.path, 'backing'), join(dir.path, 'disk')];
  await Promise.all([backing, path].map((each) => mkdir(each)));
  const script = join(import.meta.dirname, 'forgetful-fs.py');
  const child = spawn(PYTHON, [script, backing, path], { stdio: ['ignore', 'ignore', 'pipe'] });
  await waitForMount(child, path);
  return {
    path,
    async losePower() {
      await mkdir(join(path, '.power-loss')).catch((error: unknown) => {
        if (!(error instanceof Error) || !('code' in error) || error.code !== 'EROFS') throw error;
      });
    },
    async remove() {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      spawnSync('umount', ['-l', path]);
      child.kill('SIGTERM');
      await exited;
      await dir.remove();
    },
  };
}

async function waitForMount(child: ChildProcess, path: string): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  for (const deadlineMs = Date.now() + MOUNT_MS; !readFileSync('/proc/mounts', 'utf8').includes(` ${path} fuse`); await sleep(20)) {
    if (child.exitCode !== null || Date.now() > deadlineMs) throw new Error(`the file system was not mounted: ${errors}`);
  }
}
