import { spawnSync } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageClient } from '@supabase/storage-js';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { expect, test } from 'vitest';
import { REPO_ROOT } from './harness/cli.ts';
import { createStack, freePorts } from './harness/stack.ts';

const NOBODY = 65_534;

interface Checkout {
  readonly path: string;
  release(): Promise<void>;
}

test('a user without privileges starts, uploads, stops', async (context) => {
  if (process.getuid?.() !== 0) context.skip('not root: every other test already runs without privileges');
  const checkout = await openToOthers();
  if (checkout === null) {
    context.skip('the checkout is closed to other users, and mounting it elsewhere is not allowed');
    return;
  }
  const stack = await createStack({
    checkout: checkout.path,
    uid: NOBODY,
    gid: NOBODY,
    env: { ...(await freePorts()), HOME: '/nonexistent' },
  });
  try {
    await stack.up('--dev');
    const access = await stack.access();
    const storage = new StorageClient(access.STORAGE_URL, {
      apikey: access.SERVICE_ROLE_KEY,
      Authorization: `Bearer ${access.SERVICE_ROLE_KEY}`,
    });
    expect((await storage.createBucket('mine')).error).toBeNull();
    expect((await storage.from('mine').upload('a.txt', 'a', { contentType: 'text/plain' })).error).toBeNull();
    expect(await (await storage.from('mine').download('a.txt')).data?.text()).toBe('a');
    expect((await stack.cli('down')).code).toBe(0);
  } finally {
    await stack.destroy();
    await checkout.release();
  }
}, 120_000);

/** This checkout at a path that every user can reach; null when there is no way to give it one. */
async function openToOthers(): Promise<Checkout | null> {
  if (isOpen(REPO_ROOT)) return { path: REPO_ROOT, release: async () => undefined };
  const dir = await createTempDir('open');
  const path = join(dir.path, 'checkout');
  await chmod(dir.path, 0o755);
  await mkdir(path);
  const mounted = spawnSync('mount', ['--bind', REPO_ROOT, path]).status === 0;
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
