import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { LiveServerMessage } from '@supastor/contract/wire/live';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { LiveClient, ofType } from '../testing/live-client.ts';
import { addPerson, signIn } from '../testing/people.ts';

const PATIENCE = { timeout: 20_000 };

let postgres: TempPostgres;
let databaseUrl: string;
let first: AdminHarness;
let second: AdminHarness;
let token: string;
const clients: LiveClient[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
  databaseUrl = await postgres.createDatabase('resume');
  [first, second] = [await startAdminHarness({ databaseUrl }), await startAdminHarness({ databaseUrl })];
  token = await first.login();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.terminate();
});
afterAll(async () => {
  await first?.stop();
  await second?.stop();
  await postgres.stop();
});

function connect(admin: AdminHarness, bearer = token): LiveClient {
  const client = new LiveClient(admin.url, { authorization: `Bearer ${bearer}` });
  clients.push(client);
  return client;
}

async function addRole(admin: AdminHarness, name: string): Promise<void> {
  const { status } = await admin.call('POST', '/api/v1/roles', { token, body: { name, description: name, permissions: ['audit:read'] } });
  expect(status).toBe(200);
}

/** Sorted: what two servers did at about the same time may be stored in either order. */
const rolesIn = ({ messages }: LiveClient) =>
  messages.flatMap((message) => (message.type === 'event' ? [String(message.payload['role'])] : [])).toSorted();
const positionOf = (message: LiveServerMessage | undefined) =>
  message && 'position' in message && message.position !== null ? message.position : 'none';

describe('two servers', () => {
  it('tell the clients of both what happens on either', async () => {
    const [here, there] = [connect(first), connect(second)];
    await Promise.all([here.subscribe(['roles']), there.subscribe(['*'])]);
    await addRole(first, 'on-first');
    await addRole(second, 'on-second');
    for (const client of [here, there]) {
      await expect.poll(() => rolesIn(client).filter((role) => role.startsWith('on-')), PATIENCE).toEqual(['on-first', 'on-second']);
    }
  });

  it('let a client that was away go on where it was, also on the other one', async () => {
    const before = connect(first);
    await before.subscribe(['roles']);
    await addRole(first, 'r0');
    await expect.poll(() => rolesIn(before), PATIENCE).toEqual(['r0']);
    const position = positionOf(before.messages.at(-1));
    before.socket.terminate();
    for (let index = 1; index <= 5; index += 1) await addRole(index % 2 === 0 ? first : second, `r${index}`);
    const after = connect(second);
    await after.subscribe(['roles'], position);
    await addRole(first, 'r6');
    await expect.poll(() => rolesIn(after), PATIENCE).toEqual(['r1', 'r2', 'r3', 'r4', 'r5', 'r6']);
  });

  it('say so when it was away for too long', async () => {
    const before = connect(first);
    const position = positionOf(await before.subscribe(['roles']));
    await addRole(first, 'pruned');
    await expect.poll(() => rolesIn(before), PATIENCE).toContain('pruned');
    const restarted = await startAdminHarness({ databaseUrl });
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    try {
      await database.query(
        'with gone as (delete from supastor.events returning id) update supastor.event_state set pruned_through = (select max(id) from gone)',
      );
      const after = new LiveClient(restarted.url, { authorization: `Bearer ${token}` });
      clients.push(after);
      await after.subscribe(['roles'], position);
      expect(await after.until(ofType('reload'))).toMatchObject({ reason: 'too-old', position: expect.stringContaining('.') });
    } finally {
      await database.end();
      await restarted.stop();
    }
  });

  it('close the sockets of whoever may less by now, or nothing any more', async () => {
    const person = await addPerson(first, token, { email: 'p@example.org', role: 'viewer' });
    const bearer = await signIn(first, person.email);
    const reader = connect(second, bearer);
    const answer = await reader.subscribe(['objects', 'users', 'jobs']);
    expect(answer).toMatchObject({ topics: ['objects', 'jobs'], refused: [{ topic: 'users', code: 'SJ_FORBIDDEN' }] });
    await first.call('POST', `/api/v1/users/${person.id}/grants`, { token, body: { role: 'auditor' } });
    expect(await reader.closed()).toBe(1012);
    // However quick it comes again, the second notice of the same change leaves it alone.
    const again = connect(second, bearer);
    expect(await again.subscribe(['users'])).toMatchObject({ topics: ['users'], refused: [] });
    const watcher = connect(second);
    await watcher.subscribe(['roles']);
    await addRole(first, 'after-the-notices');
    await expect.poll(() => rolesIn(watcher), PATIENCE).toContain('after-the-notices');
    await first.call('DELETE', '/api/v1/session', { token: bearer });
    expect(await again.closed()).toBe(1008);
    const knock = async () => {
      const late = connect(second, bearer);
      return Promise.race([late.refusal(), late.until(ofType('hello'))]);
    };
    await expect.poll(knock, { timeout: 20_000 }).toBe(401);
  });

  it('close the sockets of a role that has changed', async () => {
    await addRole(first, 'shifting');
    const person = await addPerson(first, token, { email: 'q@example.org', role: 'shifting' });
    const reader = connect(second, await signIn(first, person.email));
    await reader.until(ofType('hello'));
    await first.call('PUT', '/api/v1/roles/shifting', { token, body: { permissions: ['jobs:read'] } });
    expect(await reader.closed()).toBe(1012);
  });
});
