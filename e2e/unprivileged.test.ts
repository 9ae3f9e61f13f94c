import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { StorageClient } from '@supabase/storage-js';
import { expect, test } from 'vitest';
import { REPO_ROOT } from './harness/cli.ts';
import { createStack, freePorts } from './harness/stack.ts';

const NOBODY = 65_534;

/** Only root can become another user, and that user must be able to read this checkout. */
function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'not root: the other tests already run unprivileged';
  for (let path = REPO_ROOT; path !== dirname(path); path = dirname(path)) {
    try {
      accessSync(path, constants.X_OK);
    } catch {
      return `${path} is closed to other users`;
    }
  }
  return null;
}

test('a user without privileges starts, uploads, stops', async (context) => {
  const reason = whyNot();
  if (reason !== null) return context.skip(reason);
  const stack = await createStack({ uid: NOBODY, gid: NOBODY, env: { ...(await freePorts()), HOME: '/nonexistent' } });
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
  }
}, 120_000);
