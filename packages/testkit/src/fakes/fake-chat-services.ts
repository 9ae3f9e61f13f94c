import { type JsonReceiver, type ReceivedRequest, type ReceiverAnswer, startJsonReceiver } from '../harness/json-receiver.ts';

/** What a fake has taken as a message. */
export interface FakeChat extends JsonReceiver {
  readonly texts: readonly string[];
}

/**
 * A fake of Slack's incoming webhooks, after their documentation: JSON with `text` or `blocks`, answered `ok`; `invalid_payload` for what
 * is not JSON or too long, `no_service` for any other address.
 */
export async function startFakeSlack(path: string): Promise<FakeChat> {
  const texts: string[] = [];
  const receiver = await startJsonReceiver((request) => {
    if (request.path !== path) return plain(404, 'no_service');
    const body = parse(request);
    if (!request.headers['content-type']?.startsWith('application/json') || body === null) return plain(400, 'invalid_payload');
    const sections = Array.isArray(body['blocks']) ? body['blocks'].map(sectionText) : [];
    if (sections.some((text) => text === null || text.length > 3000)) return plain(400, 'invalid_blocks');
    const text = [body['text'], ...sections].filter((part) => typeof part === 'string').join('\n');
    if (text === '') return plain(400, 'no_text');
    texts.push(text);
    return plain(200, 'ok');
  });
  return { ...receiver, texts };
}

/** A fake of `sendMessage` of Telegram's Bot API, after its documentation; refusals are JSON with `ok: false` and a description. */
export async function startFakeTelegram({ token, chat }: { readonly token: string; readonly chat: string }): Promise<FakeChat> {
  const texts: string[] = [];
  const receiver = await startJsonReceiver((request) => {
    const [, given, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? [];
    if (given !== token) return telegramRefusal(401, 'Unauthorized');
    if (method !== 'sendMessage') return telegramRefusal(404, 'Not Found');
    const body = parse(request);
    if (body === null || String(body['chat_id']) !== chat) return telegramRefusal(400, 'Bad Request: chat not found');
    const { text } = body;
    if (typeof text !== 'string' || text === '') return telegramRefusal(400, 'Bad Request: message text is empty');
    if (text.length > 4096) return telegramRefusal(400, 'Bad Request: message is too long');
    texts.push(text);
    return json(200, { ok: true, result: { message_id: texts.length, chat: { id: chat }, date: 0, text } });
  });
  return { ...receiver, texts };
}

/** A fake of publishing to an ntfy server, after its documentation: the body is the text, the rest is in headers. */
export async function startFakeNtfy({ topic, token }: { readonly topic: string; readonly token: string }): Promise<FakeChat> {
  const texts: string[] = [];
  const receiver = await startJsonReceiver((request) => {
    if (request.headers.authorization !== `Bearer ${token}`) return json(401, { code: 40101, http: 401, error: 'unauthorized' });
    if (request.path !== `/${topic}`) return json(403, { code: 40301, http: 403, error: 'forbidden' });
    const { priority = 'default' } = request.headers;
    if (!['min', 'low', 'default', 'high', 'urgent', 'max', '1', '2', '3', '4', '5'].includes(String(priority))) {
      return json(400, { code: 40007, http: 400, error: 'invalid priority parameter' });
    }
    texts.push(`${decodeHeader(request.headers['title'])}\n${request.body}`);
    return json(200, { id: String(texts.length), time: 0, event: 'message', topic, message: request.body });
  });
  return { ...receiver, texts };
}

function decodeHeader(value: string | string[] | undefined): string {
  const text = String(value ?? '');
  const encoded = /^=\?UTF-8\?B\?(.*)\?=$/.exec(text)?.[1];
  return encoded === undefined ? text : Buffer.from(encoded, 'base64').toString();
}

function sectionText(block: unknown): string | null {
  if (!isRecord(block) || block['type'] !== 'section' || !isRecord(block['text'])) return null;
  const { text, type } = block['text'];
  return typeof text === 'string' && (type === 'mrkdwn' || type === 'plain_text') ? text : null;
}

function parse({ body }: ReceivedRequest): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(status: number, body: string): ReceiverAnswer {
  return { status, body, headers: { 'content-type': 'text/html' } };
}

function json(status: number, value: unknown): ReceiverAnswer {
  return { status, body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

function telegramRefusal(status: number, description: string): ReceiverAnswer {
  return json(status, { ok: false, error_code: status, description });
}
