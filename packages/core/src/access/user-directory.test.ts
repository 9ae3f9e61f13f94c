import { expect, test } from 'vitest';
import { createUserDirectory } from './user-directory.ts';
import { BREAK_GLASS_ID, type StoredUser } from './user.port.ts';

test('the administrator of the configuration is let in while they are being made a user, and after it', async () => {
  const table = new Map<string, StoredUser>();
  const answers: (() => void)[] = [];
  let atMs = 0;
  const store = {
    /** What was there when it was asked, said when the test lets it. */
    find: (id: string) => {
      const found = table.get(id) ?? null;
      return new Promise<StoredUser | null>((resolve) => answers.push(() => resolve(found)));
    },
    ensureBreakGlass: async (email: string) => void table.set(BREAK_GLASS_ID, owner(email)),
  };
  const directory = createUserDirectory({
    store,
    breakGlassEmail: 'admin@example.org',
    environment: 'default',
    permissionsOf: () => ['users:read'],
    grantMaxAgeMs: () => Number.POSITIVE_INFINITY,
    clock: { now: () => atMs },
    ids: { next: () => 'id' },
  });

  const first = directory.lookUp(BREAK_GLASS_ID);
  answers.shift()?.();
  expect(await first).not.toBeNull();
  expect(await directory.lookUp(BREAK_GLASS_ID), 'from the cache').not.toBeNull();
  atMs += 1000;

  const early = directory.lookUp(BREAK_GLASS_ID);
  await directory.ensureBreakGlass();
  answers.shift()?.();
  expect(await early).not.toBeNull();

  const late = directory.lookUp(BREAK_GLASS_ID);
  answers.shift()?.();
  expect((await late)?.user.name).toBe('as stored');
});

function owner(email: string): StoredUser {
  const user = { id: BREAK_GLASS_ID, email, name: 'as stored', state: 'active', breakGlass: true, createdBy: 'configuration' } as const;
  return { ...user, secondFactor: false, createdAtMs: 0, lastLoginAtMs: null, grants: [] };
}
