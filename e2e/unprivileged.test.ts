import { StorageClient } from '@supabase/storage-js';
import { expect, test } from 'vitest';
import { NOBODY, openToOthers } from './harness/open-checkout.ts';
import { createStack } from './harness/stack.ts';

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
    env: { HOME: '/nonexistent' },
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
    await stack.destroy().finally(() => checkout.release());
  }
}, 120_000);
