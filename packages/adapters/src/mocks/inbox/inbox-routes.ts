import type { IncomingMessage, ServerResponse } from 'node:http';
import { isFromElsewhere, redirect, sendJson } from '../loopback-server.ts';
import { sendPage } from '../page.ts';
import { listPage, mailPage } from './inbox-pages.ts';
import type { Mail, Mailbox } from './mailbox.ts';

const REFRESH_SECONDS = 4;
/** Styles and embedded pictures of a mail are shown; nothing of it runs or is fetched. */
const MAIL_POLICY = "sandbox allow-popups; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'";

/** Pages for people: `/`, `/messages/1`. For programs: `GET /api/messages`, `GET /api/messages/1`, `DELETE /api/messages`. */
export function handleInbox(mailbox: Mailbox, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://inbox');
  if (pathname === '/api/messages') {
    if (request.method !== 'DELETE') return sendJson(response, 200, { messages: mailbox.list().map(summarize) });
    mailbox.clear();
    return sendJson(response, 200, {});
  }
  if (pathname === '/clear' && request.method === 'POST') {
    if (isFromElsewhere(request)) return sendJson(response, 403, { error: 'another site asked for this' });
    mailbox.clear();
    return redirect(response, '/');
  }
  if (pathname === '/') return sendPage(response, { title: 'Inbox', body: listPage(mailbox.list()), refreshSeconds: REFRESH_SECONDS });
  const [, isApi, id, part] = /^(\/api)?\/messages\/(\d+)(?:\/(html|source))?$/.exec(pathname) ?? [];
  const mail = id === undefined ? null : mailbox.find(Number(id));
  if (mail === null) return sendJson(response, 404, { error: 'there is no such page or mail' });
  if (isApi !== undefined) return sendJson(response, 200, { ...mail, source: mail.source.toString() });
  if (part !== undefined) return sendPart(response, mail, part);
  sendPage(response, { title: mail.subject, body: mailPage(mail) });
}

function sendPart(response: ServerResponse, mail: Mail, part: string): void {
  const [type, body] = part === 'html' ? ['text/html', mail.html ?? ''] : ['text/plain', mail.source];
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': MAIL_POLICY,
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function summarize({ id, receivedAt, envelope, from, to, subject, text, attachments, source }: Mail): unknown {
  return { id, receivedAt, envelope, from, to, subject, text, attachments, bytes: source.length };
}
