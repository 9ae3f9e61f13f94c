import { createHmac, randomUUID } from 'node:crypto';
import type { NotifySettings } from '@supastor/contract/config/monitoring';
import type { Channel } from '@supastor/core/monitoring/channel.port';
import type { Message } from '@supastor/core/monitoring/notice-text';
import type { MailSender } from '@supastor/core/mail/mail.port';

/** Sends a request; refuses targets that may not be called. */
export type Post = (
  url: string,
  request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

export interface ChannelOptions {
  readonly settings: NotifySettings;
  /** Null: no mail server is set up. */
  readonly mail: MailSender | null;
  readonly post: Post;
}

/** Telegram takes 4096 characters of text, Slack 3000 in a block. */
const [TELEGRAM_MAX, SLACK_MAX, NTFY_MAX] = [4096, 2900, 3500];

/** The channels whose address is set. */
export function createChannels({ settings, mail, post }: ChannelOptions): readonly Channel[] {
  const { mailTo, webhookUrl, webhookSecret, slackUrl, telegramToken, telegramChat, telegramUrl, ntfyUrl, ntfyToken } = settings;
  return [
    ...(mail && mailTo.length > 0 ? [mailChannel(mail, mailTo)] : []),
    ...(webhookUrl === undefined ? [] : [webhookChannel(post, webhookUrl, webhookSecret?.reveal() ?? null)]),
    ...(slackUrl === undefined ? [] : [slackChannel(post, slackUrl.reveal())]),
    ...(telegramToken === undefined || telegramChat === undefined
      ? []
      : [telegramChannel(post, `${telegramUrl.replace(/\/+$/, '')}/bot${telegramToken.reveal()}/sendMessage`, telegramChat)]),
    ...(ntfyUrl === undefined ? [] : [ntfyChannel(post, ntfyUrl, ntfyToken?.reveal() ?? null)]),
  ];
}

function mailChannel(mail: MailSender, to: readonly string[]): Channel {
  return {
    name: 'mail',
    async send(message) {
      const results = await Promise.allSettled(
        to.map((address) => mail.send({ to: address, subject: message.title, text: textOf(message) })),
      );
      const refused = results.find((result) => result.status === 'rejected');
      // When some have it, sending again would tell them twice.
      if (refused && results.every(({ status }) => status === 'rejected')) throw refused.reason;
    },
  };
}

/** JSON with the headers that object webhooks have, so that receivers check both alike. */
function webhookChannel(post: Post, url: string, secret: string | null): Channel {
  return {
    name: 'webhook',
    async send({ title, severity, isResolved, link, notices }, signal) {
      const body = JSON.stringify({ type: 'Alert', title, severity, status: isResolved ? 'resolved' : 'firing', link, alerts: notices });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = secret === null ? null : createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'supastor-alerts',
        'x-supastor-delivery': randomUUID(),
        'x-supastor-event': 'alert',
        'x-supastor-timestamp': timestamp,
        ...(signature !== null && { 'x-supastor-signature': `v1=${signature}` }),
      };
      await expectOk(post(url, { method: 'POST', headers, body, signal }), 'the webhook');
    },
  };
}

/** Incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function slackChannel(post: Post, url: string): Channel {
  return {
    name: 'slack',
    async send(message, signal) {
      const text = cut(escapeSlack(message.lines.join('\n')), SLACK_MAX);
      const title = escapeSlack(message.title);
      const link = message.link === null ? '' : `\n<${message.link}|Open the dashboard>`;
      const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: `*${cut(title, 200)}*\n${text}${link}`.slice(0, 3000) } }];
      const body = JSON.stringify({ text: cut(title, 300), blocks });
      await expectOk(post(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal }), 'Slack');
    },
  };
}

/** Bot API: https://core.telegram.org/bots/api#sendmessage. Its refusals are JSON with `ok: false` and a description. */
function telegramChannel(post: Post, url: string, chat: string): Channel {
  return {
    name: 'telegram',
    async send(message, signal) {
      const text = cut(`${message.title}\n\n${textOf(message)}`, TELEGRAM_MAX);
      const body = JSON.stringify({ chat_id: chat, text, link_preview_options: { is_disabled: true } });
      const headers = { 'content-type': 'application/json' };
      await expectOk(post(url, { method: 'POST', headers, body, signal }), 'Telegram', async (response) => {
        const answer: unknown = await response.json().catch(() => null);
        const hasDescription = typeof answer === 'object' && answer !== null && 'description' in answer;
        return hasDescription && typeof answer.description === 'string' ? answer.description : null;
      });
    },
  };
}

/** Publishing: https://docs.ntfy.sh/publish. The body is the text; title, priority and tags are headers, encoded when not ASCII. */
function ntfyChannel(post: Post, url: string, token: string | null): Channel {
  return {
    name: 'ntfy',
    async send(message, signal) {
      const tag = message.isResolved ? 'white_check_mark' : message.severity === 'critical' ? 'rotating_light' : 'warning';
      const headers = {
        'content-type': 'text/plain; charset=utf-8',
        title: encodeHeader(cut(message.title, 250)),
        priority: message.severity === 'critical' && !message.isResolved ? 'urgent' : 'default',
        tags: tag,
        ...(message.link !== null && { click: message.link }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      };
      const body = cut(message.lines.join('\n'), NTFY_MAX);
      await expectOk(post(url, { method: 'POST', headers, body, signal }), 'ntfy');
    },
  };
}

function textOf({ lines, link }: Message): string {
  return [...lines, ...(link === null ? [] : ['', link])].join('\n');
}

/** @throws Error with the status, and what the other side says when it can be read; never the URL, which may be a secret */
async function expectOk(
  sent: Promise<Response>,
  name: string,
  explain: (response: Response) => Promise<string | null> = async (response) => (await response.text()).split('\n')[0] ?? null,
): Promise<void> {
  const response = await sent.catch((error: unknown) => {
    throw new Error(`${name} cannot be reached: ${reasonOf(error)}`);
  });
  if (response.ok) {
    await response.body?.cancel().catch(() => undefined);
    return;
  }
  const reason = await explain(response).catch(() => null);
  throw new Error(`${name} answers ${response.status}${reason === null || reason === '' ? '' : `: ${reason.slice(0, 200)}`}`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  const { cause } = error;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'code' in error ? String(error.code) : error.message;
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** Slack reads these three as its own. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** RFC 2047, which ntfy understands in headers. */
function encodeHeader(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
