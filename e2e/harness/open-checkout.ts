import { spawnSync } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { REPO_ROOT } from './cli.ts';

/** User and group id of a user without any privilege. */
export const NOBODY = 65_534;

export interface OpenCheckout {
  readonly path: string;
  release(): Promise<void>;
}

/** This checkout at a path that every user can reach; null when there is no way to give it one. */
export async function openToOthers(): Promise<OpenCheckout | null> {
  if (isOpen(REPO_ROOT)) return { path: REPO_ROOT, release: async () => undefined };
  const dir = await createTempDir('open');
  const path = join(dir.path, 'checkout');
  await chmod(dir.path, 0o755);
  await mkdir(path);
  const mounted = spawnSync('mount', ['--bind', REPO_ROOT, path]).status === 0;
  // Read-only, so that nobody who cleans up a forgotten temp directory deletes the checkout through it.
  if (mounted) spawnSync('mount', ['-o', 'remount,bind,ro', path]);
  if (!mounted || !isOpen(path)) {
    if (mounted) spawnSync('umount', [path]);
    await dir.remove();
    return null;
  }
  return {
    path,
    async release() {
      // Never remove what is under a mount.
      if (spawnSync('umount', [path]).status === 0) await dir.remove();
    },
  };
}

function isOpen(path: string): boolean {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if (spawnSync('test', ['-x', at], { cwd: '/', uid: NOBODY, gid: NOBODY }).status !== 0) return false;
  }
  return true;
}
