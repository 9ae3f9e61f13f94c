import { afterAll, beforeAll, expect, it } from 'vitest';
import { deliveryPageSchema, webhookListSchema, webhookWithSecretSchema } from '@supastor/contract/wire/webhook';
import { ANON_TOKEN, startTestServer, type TestServer } from '../testing/server.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';
import { signMessage } from './message.ts';

const WAIT = { timeout: 20_000 };

let server: TestServer;
let receiver: Receiver;
/** What paths of the receiver answer instead of 200. */
const statuses = new Map<string, number>();
const at = (path: string) => receiver.requests.filter((request) => request.path === path);

beforeAll(async () => {
  receiver = await startReceiver();
  receiver.answer = (response, { path }) => void response.writeHead(statuses.get(path) ?? 200).end();
  server = await startTestServer({
    webhooks: {
      target: { url: `${receiver.url}/environment`, bearer: null, secret: null },
      tenantId: 'stub',
      allowPrivate: true,
      timeoutMs: 5000,
      backoffMs: 20,
      maxAttempts: 2,
      concurrency: 4,
      retentionSeconds: 3600,
      pollMs: 200,
    },
  });
  await server.client().createBucket('photos');
  await server.client().createBucket('other');
});

afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

// Tests look into answers of many shapes; what they expect is their assertion.
// oxlint-disable-next-line typescript/no-explicit-any
async function call(method: string, path: string, body?: unknown, token?: string): Promise<any> {
  const init = { method, headers: { 'content-type': 'application/json' }, ...(token === undefined ? {} : { token }) };
  const answer = await server.fetch(`/storage/v1${path}`, { ...init, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return answer.json();
}

const listed = async () => webhookListSchema.parse(await call('GET', '/webhooks')).webhooks;
const deliveries = async (query: string) => deliveryPageSchema.parse(await call('GET', `/webhook-deliveries?${query}`)).deliveries;

it('targets are made, told apart by what they want, paused and deleted', async () => {
  const wanted = {
    name: 'thumbs',
    url: `${receiver.url}/thumbs`,
    events: ['object.created'],
    bucket: 'photos',
    prefix: 'in/',
    bearer: 'b',
  };
  const { webhook, secret } = webhookWithSecretSchema.parse(await call('POST', '/webhooks', wanted));
  expect(secret).toMatch(/^whsec_/);
  const { bearer: _secret, ...shown } = wanted;
  expect(webhook).toMatchObject({ ...shown, hasBearer: true, active: true, fromEnvironment: false, pending: 0, dead: 0 });
  expect(JSON.stringify(await listed())).not.toContain(secret);
  expect(await call('POST', '/webhooks', wanted)).toMatchObject({ statusCode: '409', message: expect.stringContaining('thumbs') });

  await server.client().from('photos').upload('in/a.txt', 'a');
  await server.client().from('photos').upload('out/b.txt', 'b');
  await server.client().from('other').upload('in/c.txt', 'c');
  await expect.poll(() => at('/thumbs').map(({ body }) => JSON.parse(body).event.payload.name), WAIT).toEqual(['in/a.txt']);
  await expect.poll(async () => (await deliveries(`webhookId=${webhook.id}`))[0]?.state, WAIT).toBe('delivered');
  const [delivered] = await listed().then((all) => all.filter(({ id }) => id === webhook.id));
  expect(delivered?.lastDeliveredAt).not.toBeNull();

  expect(await call('PATCH', `/webhooks/${webhook.id}`, { active: false, bucket: null, bearer: null })).toMatchObject({
    active: false,
    bucket: null,
    hasBearer: false,
    prefix: 'in/',
  });
  await server.client().from('photos').upload('in/paused.txt', 'a');
  expect(await deliveries(`webhookId=${webhook.id}`)).toHaveLength(1);
  expect(await call('DELETE', `/webhooks/${webhook.id}`)).toEqual({ message: 'Successfully deleted' });
  expect(await call('GET', `/webhooks/${webhook.id}`)).toMatchObject({ statusCode: '404', code: 'NoSuchWebhook' });
  expect(await call('DELETE', `/webhooks/${webhook.id}`)).toMatchObject({ statusCode: '404' });
});

it('a test message is signed with the present key, and its answer is told', async () => {
  const made = webhookWithSecretSchema.parse(
    await call('POST', '/webhooks', { name: 'probe', url: `${receiver.url}/probe`, bearer: 'tok' }),
  );
  const path = `/webhooks/${made.webhook.id}`;
  expect(await call('POST', `${path}/test`)).toMatchObject({ delivered: true, status: 200 });
  const { secret } = webhookWithSecretSchema.parse(await call('POST', `${path}/rotate-secret`));
  expect(secret).not.toBe(made.secret);
  statuses.set('/probe', 503);
  expect(await call('POST', `${path}/test`)).toMatchObject({ delivered: false, status: 503, reason: 'answered 503' });
  const [first, second] = at('/probe');
  for (const [message, key] of [
    [first, made.secret],
    [second, secret],
  ] as const) {
    const { body = '', headers = {} } = message ?? {};
    expect(headers).toMatchObject({ authorization: 'Bearer tok', 'x-supastor-event': 'ping' });
    expect(headers['x-supastor-signature']).toBe(`v1=${signMessage(key, String(headers['x-supastor-timestamp']), body)}`);
  }
  await call('PATCH', path, { url: 'http://127.0.0.1:1/' });
  expect(await call('POST', `${path}/test`)).toMatchObject({
    delivered: false,
    status: null,
    reason: expect.stringContaining('ECONNREFUSED'),
  });
  await call('DELETE', path);
});

it('what was given up is listed and sent again, one or all', async () => {
  statuses.set('/flaky', 500);
  const { webhook } = webhookWithSecretSchema.parse(
    await call('POST', '/webhooks', { name: 'flaky', url: `${receiver.url}/flaky`, prefix: 'flaky/' }),
  );
  for (const name of ['1', '2', '3']) await server.client().from('photos').upload(`flaky/${name}`, name);
  const dead = () => deliveries(`webhookId=${webhook.id}&state=dead`);
  await expect.poll(async () => (await dead()).length, WAIT).toBe(3);
  const [newest] = await dead();
  expect(newest).toMatchObject({ path: 'flaky/3', attempts: 2, lastStatus: 500, nextAttemptAt: null, event: 'object.created' });
  const first = deliveryPageSchema.parse(await call('GET', `/webhook-deliveries?webhookId=${webhook.id}&limit=2`));
  const rest = deliveryPageSchema.parse(
    await call('GET', `/webhook-deliveries?webhookId=${webhook.id}&limit=2&cursor=${first.nextCursor}`),
  );
  expect([...first.deliveries, ...rest.deliveries].map(({ path }) => path)).toEqual(['flaky/3', 'flaky/2', 'flaky/1']);
  expect(rest.nextCursor).toBeNull();

  statuses.delete('/flaky');
  expect(await call('POST', '/webhook-deliveries/replay', { ids: [newest?.id] })).toEqual({ replayed: 1 });
  await expect.poll(async () => (await dead()).length, WAIT).toBe(2);
  expect(await call('POST', '/webhook-deliveries/replay', { webhookId: webhook.id, since: new Date().toISOString() })).toEqual({
    replayed: 0,
  });
  expect(await call('POST', '/webhook-deliveries/replay', { webhookId: webhook.id })).toEqual({ replayed: 2 });
  await expect.poll(async () => (await deliveries(`webhookId=${webhook.id}&state=delivered`)).length, WAIT).toBe(3);
});

it('the target of the environment is shown and left alone; nonsense and others are refused', async () => {
  const own = (await listed()).find(({ fromEnvironment }) => fromEnvironment);
  expect(own).toMatchObject({ name: 'WEBHOOK_URL' });
  expect(await call('PATCH', `/webhooks/${own?.id}`, { active: false })).toMatchObject({ message: expect.stringContaining('environment') });
  expect(await call('DELETE', `/webhooks/${own?.id}`)).toMatchObject({ message: expect.stringContaining('environment') });
  const kept = { message: expect.stringContaining('kept for the environment') };
  for (const name of ['WEBHOOK_URL', 'CDN_PURGE'])
    expect(await call('POST', '/webhooks', { name, url: `${receiver.url}/kept` })).toMatchObject(kept);
  const { webhook } = webhookWithSecretSchema.parse(await call('POST', '/webhooks', { name: 'free', url: `${receiver.url}/free` }));
  expect(await call('PATCH', `/webhooks/${webhook.id}`, { name: 'CDN_PURGE' })).toMatchObject(kept);
  await call('DELETE', `/webhooks/${webhook.id}`);
  expect(await call('POST', '/webhooks', { name: 'x', url: 'ftp://a' })).toMatchObject({ message: expect.stringContaining('url') });
  expect(await call('POST', '/webhooks', { name: 'x', url: 'https://u:p@a.example' })).toMatchObject({
    message: expect.stringContaining('user name'),
  });
  expect(await call('POST', '/webhooks', { name: 'x', url: 'https://a.example', events: ['all'] })).toMatchObject({
    message: expect.stringContaining('events'),
  });
  expect(await call('POST', '/webhook-deliveries/replay', {})).toMatchObject({ message: expect.stringContaining('either ids') });
  expect(await call('GET', '/webhooks', undefined, ANON_TOKEN)).toMatchObject({ statusCode: '403' });
});

it('quotas are set, counted, changed and taken away', async () => {
  await server.client().createBucket('small');
  await server.client().from('small').upload('a', 'abc');
  expect(await call('PUT', '/quotas/bucket/small', { maxBytes: 5 })).toEqual({
    kind: 'bucket',
    subject: 'small',
    maxBytes: 5,
    maxObjects: null,
    usedBytes: 3,
    usedObjects: 1,
  });
  expect((await server.client().from('small').upload('b', 'defg')).error).not.toBeNull();
  expect(await call('PUT', '/quotas/bucket/small', { maxBytes: 10, maxObjects: 2 })).toMatchObject({ maxBytes: 10, usedBytes: 3 });
  expect((await server.client().from('small').upload('b', 'defg')).error).toBeNull();
  expect(await call('GET', '/quotas')).toMatchObject({ quotas: [{ subject: 'small', usedBytes: 7, usedObjects: 2 }] });
  expect(await call('PUT', '/quotas/team/small', { maxBytes: 1 })).toMatchObject({ error: 'Error' });
  expect(await call('PUT', '/quotas/owner/x', { maxBytes: -1 })).toMatchObject({ message: expect.stringContaining('maxBytes') });
  expect(await call('DELETE', '/quotas/bucket/small')).toEqual({ message: 'Successfully removed' });
  expect(await call('DELETE', '/quotas/bucket/small')).toMatchObject({ statusCode: '404' });
  expect(await call('GET', '/quotas', undefined, ANON_TOKEN)).toMatchObject({ statusCode: '403' });
});
