import { createHmac } from 'node:crypto';
import { notifySchema } from '@supastor/contract/config/monitoring';
import { composeMessage, type NoticeText } from '@supastor/core/monitoring/notice-text';
import { type FakeChat, startFakeNtfy, startFakeSlack, startFakeTelegram } from '@supastor/testkit/fakes/fake-chat-services';
import { type JsonReceiver, startJsonReceiver } from '@supastor/testkit/harness/json-receiver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChannels, type Post } from './channels.ts';

const post: Post = (url, request) => fetch(url, { ...request, redirect: 'manual' });
const SECRET = 'secret-of-the-webhook';
const AT = '2026-11-26T00:00:00.000Z';
const site = { name: 'shop', link: 'https://files.example.org/alerts' };

const notice = (wish: Partial<NoticeText> = {}): NoticeText => ({
  kind: 'fired',
  id: '1',
  rule: 'damage',
  subject: null,
  severity: 'critical',
  summary: 'Stored bytes are damaged: 1 <b> & more – ü',
  advice: 'Look.',
  since: AT,
  at: AT,
  ...wish,
});

let slack: FakeChat;
let telegram: FakeChat;
let ntfy: FakeChat;
let hook: JsonReceiver;
let hookStatus = 204;

beforeAll(async () => {
  slack = await startFakeSlack('/services/T0/B0/secretpart');
  telegram = await startFakeTelegram({ token: '12:abc', chat: '-100' });
  ntfy = await startFakeNtfy({ topic: 'alerts', token: 'tk_secret' });
  hook = await startJsonReceiver(() => ({ status: hookStatus, body: '' }));
});
afterAll(async () => {
  await Promise.all([slack, telegram, ntfy, hook].map((server) => server.stop()));
});

const channels = (wish: Record<string, unknown> = {}) =>
  createChannels({
    settings: notifySchema.parse({
      slackUrl: `${slack.url}/services/T0/B0/secretpart`,
      telegramToken: '12:abc',
      telegramChat: '-100',
      telegramUrl: telegram.url,
      ntfyUrl: `${ntfy.url}/alerts`,
      ntfyToken: 'tk_secret',
      webhookUrl: `${hook.url}/hook`,
      webhookSecret: SECRET,
      ...wish,
    }),
    mail: null,
    post,
  });
const send = (name: string, notices: readonly NoticeText[], wish: Record<string, unknown> = {}) =>
  channels(wish)
    .find((channel) => channel.name === name)
    ?.send(composeMessage(notices, site), AbortSignal.timeout(10_000));

describe('channels', () => {
  it('are those whose address is set', () => {
    expect(channels().map(({ name }) => name)).toEqual(['webhook', 'slack', 'telegram', 'ntfy']);
    expect(channels({ telegramChat: undefined, slackUrl: undefined }).map(({ name }) => name)).toEqual(['webhook', 'ntfy']);
  });

  it('say what fires in all of them, with letters of any script', async () => {
    for (const name of ['slack', 'telegram', 'ntfy']) await send(name, [notice()]);
    expect(slack.texts.at(-1)).toContain('FIRING critical: Stored bytes are damaged: 1 &lt;b&gt; &amp; more – ü');
    expect(slack.texts.at(-1)).toContain('<https://files.example.org/alerts|Open the dashboard>');
    expect(telegram.texts.at(-1)).toContain('[shop] FIRING: Stored bytes are damaged: 1 <b> & more – ü');
    expect(ntfy.texts.at(-1)).toContain('[shop] FIRING: Stored bytes are damaged: 1 <b> & more – ü\nFIRING critical');
    expect(ntfy.requests.at(-1)?.headers).toMatchObject({ priority: 'urgent', tags: 'rotating_light', click: site.link });
  });

  it('cut what is longer than the other side takes', async () => {
    const many = Array.from({ length: 200 }, (_, at) => notice({ id: String(at), summary: `${at} ${'x'.repeat(400)}` }));
    for (const name of ['slack', 'telegram', 'ntfy']) await expect(send(name, many)).resolves.toBeUndefined();
  });

  it('sign what a webhook is sent as object webhooks are signed', async () => {
    await send('webhook', [notice({ kind: 'resolved' })]);
    const [request] = hook.requests;
    const timestamp = String(request?.headers['x-supastor-timestamp']);
    const signature = createHmac('sha256', SECRET).update(`${timestamp}.${request?.body}`).digest('hex');
    expect(request?.headers).toMatchObject({ 'x-supastor-signature': `v1=${signature}`, 'x-supastor-event': 'alert' });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      type: 'Alert',
      status: 'resolved',
      alerts: [{ rule: 'damage', kind: 'resolved' }],
    });
  });

  it('say why the other side refuses, without naming a secret', async () => {
    const failures = [
      send('slack', [notice()], { slackUrl: `${slack.url}/services/T0/B0/othersecret` }),
      send('telegram', [notice()], { telegramToken: '13:othersecret' }),
      send('telegram', [notice()], { telegramChat: '5' }),
      send('ntfy', [notice()], { ntfyToken: 'othersecret' }),
    ].map(async (sent) => sent?.catch((error: Error) => error.message));
    const messages = await Promise.all(failures);
    expect(messages).toEqual([
      'Slack answers 404: no_service',
      'Telegram answers 401: Unauthorized',
      'Telegram answers 400: Bad Request: chat not found',
      expect.stringContaining('ntfy answers 401'),
    ]);
    expect(messages.join()).not.toContain('othersecret');
    hookStatus = 302;
    await expect(send('webhook', [notice()])).rejects.toThrow('the webhook answers 302');
    await expect(send('webhook', [notice()], { webhookUrl: 'http://127.0.0.1:1/x' })).rejects.toThrow(/cannot be reached/);
  });

  it('reach somebody when one of several mail addresses is refused, and fail when all are', async () => {
    const taken: string[] = [];
    const mail = {
      async send({ to }: { readonly to: string }) {
        if (to.startsWith('bad')) throw new Error('550 no such user');
        taken.push(to);
      },
    };
    const to = (...mailTo: string[]) => createChannels({ settings: notifySchema.parse({ mailTo }), mail, post })[0];
    const message = composeMessage([notice()], site);
    await to('bad@example.org', 'good@example.org')?.send(message, AbortSignal.timeout(1000));
    expect(taken).toEqual(['good@example.org']);
    await expect(to('bad@example.org')?.send(message, AbortSignal.timeout(1000))).rejects.toThrow('550');
  });
});
