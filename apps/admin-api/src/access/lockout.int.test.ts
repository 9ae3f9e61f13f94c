import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, GOOD_PASSWORD } from '../testing/people.ts';

let postgres: TempPostgres;
let count = 0;
const running: AdminHarness[] = [];
beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const admin of running.splice(0)) await admin.stop();
});
afterAll(() => postgres.stop());

const newDatabase = () => postgres.createDatabase(`lockout_${(count += 1)}`);
async function start(databaseUrl: string): Promise<AdminHarness> {
  // Each guess may come from another address, as it would from a botnet.
  const admin = await startAdminHarness({ databaseUrl, trustedProxies: ['127.0.0.1'] });
  running.push(admin);
  return admin;
}
let address = 0;
const anyAddress = () => `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${(address += 1) & 255}`;
const guess = async (admin: AdminHarness, email: string, password: string, from = anyAddress()) =>
  (await admin.call('POST', '/api/v1/session', { body: { email, password }, headers: { 'x-forwarded-for': from } })).status;

describe('guessing passwords', () => {
  it('is over after ten tries, whoever is guessed, on both servers together', async () => {
    const databaseUrl = await newDatabase();
    const servers = [await start(databaseUrl), await start(databaseUrl)] as const;
    await addPerson(servers[0], await servers[0].login(), { email: 'ada@example.org', role: 'viewer' });
    for (const email of [EMAIL, 'ada@example.org', 'nobody@example.org']) {
      const statuses = await Promise.all(
        Array.from({ length: 60 }, (_, index) => guess(servers[index % 2 ? 0 : 1], email, `guess ${index}`)),
      );
      expect(`${email} ${statuses.filter((status) => status === 401).length}`).toBe(`${email} 10`);
      expect(statuses.filter((status) => status === 429)).toHaveLength(50);
    }
    for (const admin of servers) {
      expect(await guess(admin, EMAIL, PASSWORD)).toBe(429);
      expect(await guess(admin, 'ada@example.org', GOOD_PASSWORD)).toBe(429);
    }
  }, 60_000);

  it('is over for an address that tries many accounts, and an own account buys no more tries', async () => {
    const admin = await start(await newDatabase());
    await addPerson(admin, await admin.login(), { email: 'mallory@example.org', role: 'viewer' });
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      statuses.push(await guess(admin, `victim-${index}@example.org`, 'x', '203.0.113.7'));
      if (index < 9) expect(await guess(admin, 'mallory@example.org', GOOD_PASSWORD, '203.0.113.7')).toBe(200);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.slice(10)).toEqual([429, 429]);
  }, 60_000);

  it('takes as long for a user as for nobody', async () => {
    const admin = await start(await newDatabase());
    const owner = await admin.login();
    for (let index = 0; index < 5; index += 1) await addPerson(admin, owner, { email: `user-${index}@example.org`, role: 'viewer' });
    const times = { user: [] as number[], nobody: [] as number[] };
    for (let round = 0; round < 45; round += 1) {
      for (const kind of ['user', 'nobody'] as const) {
        const startedMs = performance.now();
        await guess(admin, `${kind}-${round % 5}@example.org`, `guess ${round}`);
        times[kind].push(performance.now() - startedMs);
      }
    }
    const [user, nobody] = [median(times.user), median(times.nobody)];
    // A missing hash would make this a factor of ten or more.
    expect(Math.max(user, nobody) / Math.min(user, nobody)).toBeLessThan(3);
  }, 60_000);
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
