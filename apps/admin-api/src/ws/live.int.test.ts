import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LiveServerMessage } from '@supastor/contract/wire/live';
import { WebSocket } from 'ws';
import {
  type AdminHarness,
  type ControlHarness,
  EMAIL,
  PASSWORD,
  startAdminHarness,
  startControlHarness,
} from '../testing/admin-harness.ts';
import { LiveClient, ofType } from '../testing/live-client.ts';

let control: ControlHarness;
let admin: AdminHarness;
let token: string;
const clients: LiveClient[] = [];

beforeAll(async () => {
  control = await startControlHarness();
  admin = await startAdminHarness({ controlSocket: control.socketPath });
  token = await admin.login();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.terminate();
});
afterAll(async () => {
  await admin.stop();
  await control.stop();
});

function connect(headers: Readonly<Record<string, string>>, url = admin.url): LiveClient {
  const client = new LiveClient(url, headers);
  clients.push(client);
  return client;
}

const bearer = () => ({ authorization: `Bearer ${token}` });
const hasUnhealthy = (message: LiveServerMessage) =>
  message.type === 'services' && message.services.some(({ state }) => state === 'unhealthy');

const refusal = (headers: Readonly<Record<string, string>>) => connect(headers).refusal();

describe('opening the live channel', () => {
  it('needs a session', async () => {
    expect(await refusal({})).toBe(401);
    expect(await refusal({ authorization: 'Bearer forged' })).toBe(401);
  });

  it('by cookie needs a page of this origin', async () => {
    const { headers } = await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(await refusal({ cookie })).toBe(403);
    expect(await refusal({ cookie, origin: 'https://evil.example' })).toBe(403);
    expect(await refusal({ cookie, origin: `${admin.url}.evil.example` })).toBe(403);
    const client = connect({ cookie, origin: admin.url });
    expect(await client.until(ofType('hello'))).toMatchObject({ type: 'hello' });
  });

  it('starts with hello, and with every service for who asks', async () => {
    const client = connect(bearer());
    expect(await client.until(() => true)).toMatchObject({ type: 'hello' });
    client.send({ type: 'subscribe', topics: ['services'] });
    expect(await client.until(() => true)).toMatchObject({ type: 'subscribed', topics: ['services'], refused: [] });
    expect(await client.until(() => true)).toMatchObject({ type: 'services', services: { length: 4 } });
  });
});

describe('the live channel', () => {
  it('tells every client when a service changes', async () => {
    const [one, two] = [connect(bearer()), connect(bearer())];
    await Promise.all([one.subscribe(['services']), two.subscribe(['*'])]);
    await Promise.all([one.until(ofType('services')), two.until(ofType('services'))]);
    control.stack.setState('storage', 'unhealthy');
    await Promise.all([one.until(hasUnhealthy), two.until(hasUnhealthy)]);
    control.stack.setState('storage', 'healthy');
  });

  it('catches up after the supervisor dropped its streams', async () => {
    const client = connect(bearer());
    await client.subscribe(['services']);
    await client.until(ofType('services'));
    control.stack.dropStreams();
    control.stack.setState('meta', 'backoff');
    await client.until((message) => message.type === 'services' && message.services.some(({ state }) => state === 'backoff'));
    control.stack.setState('meta', 'healthy');
  });

  it('sends the log lines of the services asked for last', async () => {
    const client = connect(bearer());
    await client.until(ofType('hello'));
    control.stack.log({ service: 'storage', msg: 'before' });
    client.send({ type: 'follow-logs', services: ['storage'] });
    expect(await client.until(ofType('log'))).toMatchObject({ record: { msg: 'before' } });
    client.send({ type: 'follow-logs', services: ['meta'] });
    control.stack.log({ service: 'meta', msg: 'of meta' });
    expect(await client.until((message) => message.type === 'log' && message.record.service === 'meta')).toMatchObject({
      record: { msg: 'of meta' },
    });
  });

  it.each([
    ['not JSON'],
    ['{"type":"unknown"}'],
    ['{"type":"follow-logs","services":["nothing"]}'],
    ['{"type":"subscribe","topics":["nothing"]}'],
    ['{"type":"subscribe","topics":[]}'],
  ])('answers %s with an error and stays open', async (text) => {
    const client = connect(bearer());
    await client.until(ofType('hello'));
    client.send(text);
    expect(await client.until(ofType('error'))).toMatchObject({ code: 'SJ_INPUT_INVALID' });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('closes on a message that is too large', async () => {
    const client = connect(bearer());
    await client.until(ofType('hello'));
    client.send('x'.repeat(70_000));
    expect(await client.closed()).toBe(1009);
  });

  it('closes on a flood', async () => {
    const client = connect(bearer());
    await client.until(ofType('hello'));
    for (let index = 0; index < 200; index += 1) client.send({ type: 'ping' });
    expect(await client.closed()).toBe(1008);
  });

  it('closes when its session is signed out, and only then', async () => {
    const [leaving, staying] = [await admin.login(), connect(bearer())];
    const client = connect({ authorization: `Bearer ${leaving}` });
    await Promise.all([client.until(ofType('hello')), staying.until(ofType('hello'))]);
    const closed = client.closed();
    await admin.call('DELETE', '/api/v1/session', { token: leaving });
    expect(await closed).toBe(1008);
    expect(staying.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('opens no more than so many at once', async () => {
    const small = await startAdminHarness({ sockets: { total: 100, perIdentity: 2, perAddress: 100 } });
    try {
      const headers = { authorization: `Bearer ${await small.login()}` };
      const open = [connect(headers, small.url), connect(headers, small.url)];
      await Promise.all(open.map((client) => client.until(ofType('hello'))));
      const third = connect(headers, small.url);
      const [, response] = await once(third.socket, 'unexpected-response');
      expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '10']);
      open[0]?.socket.terminate();
      await expect
        .poll(
          async () => {
            const again = connect(headers, small.url);
            return once(again.socket, 'open').then(
              () => 'open',
              () => 'refused',
            );
          },
          { timeout: 10_000 },
        )
        .toBe('open');
    } finally {
      await small.stop();
    }
  });

  it('says that the supervisor is away when there is none', async () => {
    const lonely = await startAdminHarness();
    try {
      const client = connect({ authorization: `Bearer ${await lonely.login()}` }, lonely.url);
      await client.subscribe(['services']);
      expect(await client.until(ofType('error'))).toMatchObject({ code: 'SJ_SUPERVISOR_UNREACHABLE' });
    } finally {
      await lonely.stop();
    }
  });

  it('closes as going away when the server stops', async () => {
    const stopping = await startAdminHarness({ controlSocket: control.socketPath });
    const client = connect({ authorization: `Bearer ${await stopping.login()}` }, stopping.url);
    await client.until(ofType('hello'));
    const closed = client.closed();
    await stopping.stop();
    expect(await closed).toBe(1001);
  });
});
