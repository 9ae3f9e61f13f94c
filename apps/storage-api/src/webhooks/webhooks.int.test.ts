import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ServerProcess, spawnServer } from '../testing/process.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';
import type { WebhookSettings } from './dispatcher.ts';
import { signMessage } from './message.ts';

const settings: WebhookSettings = {
  target: null,
  tenantId: 'stub',
  allowPrivate: true,
  timeoutMs: 500,
  backoffMs: 50,
  maxAttempts: 3,
  concurrency: 8,
  retentionSeconds: 3600,
  pollMs: 100,
};

let server: TestServer;
let receiver: Receiver;

beforeAll(async () => {
  server = await startTestServer({ webhooks: settings });
  await server.client().createBucket('box');
  await server.client().createBucket('other');
});
afterAll(() => server.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await server.sql('delete from storage.webhooks');
  await receiver.stop();
});

const box = () => server.client().from('box');
const waitFor = (count: number) => expect.poll(() => receiver.requests.length, { timeout: 40_000 }).toBeGreaterThanOrEqual(count);
const received = () => receiver.requests.map(({ body }) => JSON.parse(body).event);

async function addWebhook(columns: Record<string, unknown> = {}): Promise<string> {
  const row: Record<string, unknown> = { name: 'test', url: `${receiver.url}/hook`, secret: 'a-secret-of-the-test', ...columns };
  const names = Object.keys(row).join(', ');
  const places = Object.keys(row)
    .map((_, index) => `$${index + 1}`)
    .join(', ');
  const [made] = await server.sql(`insert into storage.webhooks (${names}) values (${places}) returning id`, Object.values(row));
  return String(made?.['id']);
}

const states = () => server.sql('select state, attempts, last_status, last_error from storage.webhook_deliveries order by id');

describe('a webhook', () => {
  test('is told of every kind of change, signed, in order', async () => {
    await addWebhook({ bearer: 'key' });
    await box().upload('a', 'one');
    await box().update('a', 'three');
    await box().copy('a', 'b');
    await box().move('b', 'c');
    await box().remove(['a']);
    await waitFor(6);
    const types = received().filter(({ payload }) => payload.name === 'a');
    expect(types.map(({ type }) => type)).toEqual(['ObjectCreated:Post', 'ObjectCreated:Put', 'ObjectRemoved:Delete']);
    expect(
      received()
        .map(({ type, payload }) => `${type} ${payload.name}`)
        .toSorted(),
    ).toEqual([
      'ObjectCreated:Copy b',
      'ObjectCreated:Move c',
      'ObjectCreated:Post a',
      'ObjectCreated:Put a',
      'ObjectRemoved:Delete a',
      'ObjectRemoved:Move b',
    ]);
    const [first] = receiver.requests;
    const expected = signMessage('a-secret-of-the-test', String(first?.headers['x-supastor-timestamp']), first?.body ?? '');
    expect(first?.headers['x-supastor-signature']).toBe(`v1=${expected}`);
    expect(first?.headers.authorization).toBe('Bearer key');
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      type: 'Webhook',
      event: { $version: 'v1', payload: { bucketId: 'box', size: 3 } },
    });
  });

  test('hears only what it asked for, and nothing that was rolled back', async () => {
    await addWebhook({ events: ['object.removed'], bucket_id: 'box', prefix: 'in/' });
    await box().upload('in/x', 'x');
    await box().upload('out', 'x');
    await server.client().from('other').upload('in/x', 'x');
    await server.client().from('other').remove(['in/x']);
    expect((await box().upload('in/x', 'again')).error).not.toBeNull();
    await box().remove(['out', 'in/x']);
    await waitFor(1);
    await sleep(300);
    expect(received().map(({ type, payload }) => [type, payload.name])).toEqual([['ObjectRemoved:Delete', 'in/x']]);
  });

  test('that fails is tried again with the same key, and the next change of the object waits for it', async () => {
    await addWebhook();
    let failures = 2;
    receiver.answer = (response) => void response.writeHead(failures-- > 0 ? 500 : 200).end();
    await box().upload('retry', '1');
    await box().update('retry', '22');
    await waitFor(4);
    expect(received().map(({ payload }) => payload.size)).toEqual([1, 1, 1, 2]);
    const keys = receiver.requests.map(({ headers }) => headers['x-supastor-delivery']);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(receiver.requests.map(({ headers }) => headers['x-supastor-attempt'])).toEqual(['1', '2', '3', '1']);
  });

  test('that keeps failing is put aside, and can be replayed alone or with others', async () => {
    const id = await addWebhook();
    receiver.answer = (response) => void response.writeHead(503).end();
    await box().upload('dead-1', '1');
    await box().upload('dead-2', '1');
    await expect.poll(async () => (await states()).map(({ state }) => state), { timeout: 10_000 }).toEqual(['dead', 'dead']);
    expect(await states()).toMatchObject([{ attempts: 3, last_status: 503, last_error: 'answered 503' }, {}]);
    receiver.answer = (response) => void response.writeHead(200).end();
    receiver.requests.length = 0;
    await server.sql('select storage.replay_webhook_delivery(min(id)) from storage.webhook_deliveries');
    await waitFor(1);
    const [replayed] = await server.sql(`select storage.replay_webhook_deliveries($1, '-infinity', 'infinity') as n`, [id]);
    expect(replayed).toEqual({ n: '1' });
    await waitFor(2);
    await expect.poll(async () => (await states()).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  test.each([
    ['does not answer', () => {}, 'no answer within 500 ms'],
    ['redirects', (response: ServerResponse) => void response.writeHead(302, { location: '/elsewhere' }).end(), 'answered 302'],
    ['hangs up', (response: ServerResponse) => void response.destroy(), 'socket hang up'],
    ['talks without end', (response: ServerResponse) => void response.end(Buffer.alloc(1_000_000)), 'the answer is too long'],
  ])('that %s has failed', async (_label, answer, reason) => {
    await addWebhook();
    receiver.answer = answer;
    await box().upload(`bad-${reason}`, '1');
    await expect.poll(async () => (await states())[0]?.['last_error'], { timeout: 10_000 }).toBe(reason);
    expect(receiver.requests.every(({ path }) => path === '/hook')).toBe(true);
  });

  test('that is slow does not hold up another', async () => {
    const quick = await startReceiver();
    receiver.answer = () => {};
    await addWebhook();
    await addWebhook({ name: 'quick', url: quick.url });
    await Promise.all(Array.from({ length: 20 }, (_, index) => box().upload(`crowd-${index}`, '1')));
    await expect.poll(() => quick.requests.length, { timeout: 10_000 }).toBe(20);
    await quick.stop();
  });
});

describe('without leave to call private addresses', () => {
  test.each([
    ['an address', (port: string) => `http://127.0.0.1:${port}/hook`],
    ['a name that leads to one', (port: string) => `http://localhost:${port}/hook`],
    ['an address in another spelling', (port: string) => `http://2130706433:${port}/hook`],
    ['credentials in the URL', (port: string) => `http://user:pw@localhost:${port}/hook`],
  ])('%s is refused', async (_label, url) => {
    const guarded = await startTestServer({ webhooks: { ...settings, allowPrivate: false, maxAttempts: 1 } });
    await guarded.client().createBucket('box');
    await guarded.sql(`insert into storage.webhooks (name, url) values ('x', $1)`, [url(new URL(receiver.url).port)]);
    await guarded.client().from('box').upload('a', '1');
    const find = () => guarded.sql('select state, last_error from storage.webhook_deliveries');
    await expect
      .poll(find, { timeout: 10_000 })
      .toMatchObject([{ state: 'dead', last_error: expect.stringMatching(/internal|user name/) }]);
    expect(receiver.requests).toEqual([]);
    await guarded.stop();
  });
});

const environment = () => ({
  WEBHOOK_URL: `${receiver.url}/env`,
  SUPASTOR_WEBHOOK_SECRET: 'the-secret-of-the-environment',
  SUPASTOR_WEBHOOK_ALLOW_PRIVATE: 'true',
  SUPASTOR_WEBHOOK_TIMEOUT_MS: '1000',
});
const startAnother = (): Promise<ServerProcess> => spawnServer(server.databaseUrl, server.storePath, environment());

describe('with several servers', () => {
  test('each change is told once by one of them', async () => {
    const others = await Promise.all([startAnother(), startAnother()]);
    await Promise.all(Array.from({ length: 60 }, (_, index) => box().upload(`shared-${index}`, '1')));
    await waitFor(60);
    await sleep(500);
    expect(new Set(received().map(({ payload }) => payload.name)).size).toBe(60);
    expect(receiver.requests).toHaveLength(60);
    await Promise.all(others.map((other) => other.end('SIGTERM')));
  });

  test('what one was sending when it was killed is sent by another', async () => {
    const solo = await startTestServer();
    await solo.client().createBucket('box');
    receiver.answer = () => {};
    const doomed = await spawnServer(solo.databaseUrl, solo.storePath, environment());
    await solo.client().from('box').upload('orphan', '1');
    await waitFor(1);
    await doomed.end('SIGKILL');
    receiver.answer = (response) => void response.writeHead(200).end();
    const heir = await spawnServer(solo.databaseUrl, solo.storePath, environment());
    await waitFor(2);
    const [first, second] = receiver.requests;
    expect(second?.headers['x-supastor-delivery']).toBe(first?.headers['x-supastor-delivery']);
    await heir.end('SIGTERM');
    await solo.stop();
  });
});

test('what was settled long ago is forgotten', async () => {
  await addWebhook();
  await box().upload('old', '1');
  await waitFor(1);
  await expect.poll(async () => (await states()).at(-1)?.['state']).toBe('delivered');
  await server.sql(`update storage.webhook_deliveries set settled_at = now() - interval '2 hours'`);
  const fresh = await spawnServer(server.databaseUrl, server.storePath, { SUPASTOR_WEBHOOK_RETENTION_SECONDS: '3600' });
  await expect.poll(states, { timeout: 10_000 }).toEqual([]);
  await fresh.end('SIGTERM');
});
