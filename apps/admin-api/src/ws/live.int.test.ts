import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LiveServerMessage, liveServerMessageSchema } from '@supastor/contract/wire/live';
import { WebSocket } from 'ws';
import {
  type AdminHarness,
  type ControlHarness,
  EMAIL,
  PASSWORD,
  startAdminHarness,
  startControlHarness,
} from '../testing/admin-harness.ts';

let control: ControlHarness;
let admin: AdminHarness;
let token: string;
const clients: Client[] = [];

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

/** A client that keeps what it received until somebody waits for it. */
class Client {
  readonly socket: WebSocket;
  readonly #waiting: LiveServerMessage[] = [];
  #wake = () => {};

  constructor(headers: Readonly<Record<string, string>>, url = admin.url) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, { headers });
    this.socket.on('message', (data) => {
      this.#waiting.push(liveServerMessageSchema.parse(JSON.parse(Buffer.isBuffer(data) ? data.toString() : '')));
      this.#wake();
    });
    this.socket.on('error', () => {});
    clients.push(this);
  }

  /** The next message for which `matches` holds; earlier ones are passed over. */
  async until(matches: (message: LiveServerMessage) => boolean): Promise<LiveServerMessage> {
    for (;;) {
      const message = this.#waiting.shift();
      if (message && matches(message)) return message;
      if (!message) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async closed(): Promise<number> {
    const [code] = await once(this.socket, 'close');
    return Number(code);
  }
}

const bearer = () => ({ authorization: `Bearer ${token}` });
const hasUnhealthy = (message: LiveServerMessage) =>
  message.type === 'services' && message.services.some(({ state }) => state === 'unhealthy');
const ofType = (type: LiveServerMessage['type']) => (message: LiveServerMessage) => message.type === type;

async function refusal(headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  const { socket } = new Client(headers);
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
}

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
    const client = new Client({ cookie, origin: admin.url });
    expect(await client.until(ofType('hello'))).toMatchObject({ type: 'hello' });
  });

  it('starts with hello and every service', async () => {
    const client = new Client(bearer());
    expect(await client.until(() => true)).toMatchObject({ type: 'hello' });
    expect(await client.until(() => true)).toMatchObject({ type: 'services', services: { length: 4 } });
  });
});

describe('the live channel', () => {
  it('tells every client when a service changes', async () => {
    const [one, two] = [new Client(bearer()), new Client(bearer())];
    await Promise.all([one.until(ofType('services')), two.until(ofType('services'))]);
    control.stack.setState('storage', 'unhealthy');
    await Promise.all([one.until(hasUnhealthy), two.until(hasUnhealthy)]);
    control.stack.setState('storage', 'healthy');
  });

  it('catches up after the supervisor dropped its streams', async () => {
    const client = new Client(bearer());
    await client.until(ofType('services'));
    control.stack.dropStreams();
    control.stack.setState('meta', 'backoff');
    await client.until((message) => message.type === 'services' && message.services.some(({ state }) => state === 'backoff'));
    control.stack.setState('meta', 'healthy');
  });

  it('sends the log lines of the services asked for last', async () => {
    const client = new Client(bearer());
    await client.until(ofType('services'));
    control.stack.log({ service: 'storage', msg: 'before' });
    client.send({ type: 'follow-logs', services: ['storage'] });
    expect(await client.until(ofType('log'))).toMatchObject({ record: { msg: 'before' } });
    client.send({ type: 'follow-logs', services: ['meta'] });
    control.stack.log({ service: 'meta', msg: 'of meta' });
    expect(await client.until((message) => message.type === 'log' && message.record.service === 'meta')).toMatchObject({
      record: { msg: 'of meta' },
    });
  });

  it.each([['not JSON'], ['{"type":"unknown"}'], ['{"type":"follow-logs","services":["nothing"]}']])(
    'answers %s with an error and stays open',
    async (text) => {
      const client = new Client(bearer());
      await client.until(ofType('hello'));
      client.send(text);
      expect(await client.until(ofType('error'))).toMatchObject({ code: 'SJ_INPUT_INVALID' });
      expect(client.socket.readyState).toBe(WebSocket.OPEN);
    },
  );

  it('closes on a message that is too large', async () => {
    const client = new Client(bearer());
    await client.until(ofType('hello'));
    client.send('x'.repeat(10_000));
    expect(await client.closed()).toBe(1009);
  });

  it('closes on a flood', async () => {
    const client = new Client(bearer());
    await client.until(ofType('hello'));
    for (let index = 0; index < 200; index += 1) client.send({ type: 'ping' });
    expect(await client.closed()).toBe(1008);
  });

  it('closes when its session is signed out, and only then', async () => {
    const [leaving, staying] = [await admin.login(), new Client(bearer())];
    const client = new Client({ authorization: `Bearer ${leaving}` });
    await Promise.all([client.until(ofType('hello')), staying.until(ofType('hello'))]);
    const closed = client.closed();
    await admin.call('DELETE', '/api/v1/session', { token: leaving });
    expect(await closed).toBe(1008);
    expect(staying.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('says that the supervisor is away when there is none', async () => {
    const lonely = await startAdminHarness();
    try {
      const client = new Client({ authorization: `Bearer ${await lonely.login()}` }, lonely.url);
      expect(await client.until(ofType('error'))).toMatchObject({ code: 'SJ_SUPERVISOR_UNREACHABLE' });
    } finally {
      await lonely.stop();
    }
  });

  it('closes as going away when the server stops', async () => {
    const stopping = await startAdminHarness({ controlSocket: control.socketPath });
    const client = new Client({ authorization: `Bearer ${await stopping.login()}` }, stopping.url);
    await client.until(ofType('services'));
    const closed = client.closed();
    await stopping.stop();
    expect(await closed).toBe(1001);
  });
});
