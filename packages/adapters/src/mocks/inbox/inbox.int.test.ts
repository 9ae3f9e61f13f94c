import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTransport } from 'nodemailer';
import { createSmtpSender } from '../../mail/smtp-sender.ts';
import { type RunningInbox, startInbox } from './start-inbox.ts';

let inbox: RunningInbox;
beforeEach(async () => {
  inbox = await startInbox({ smtpPort: 0, httpPort: 0, maxBytes: 100_000 });
});
afterEach(() => inbox.stop());

const get = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${inbox.url}${path}`, init);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};
const transport = () => createTransport({ host: '127.0.0.1', port: inbox.smtpPort, secure: false });

test('what our sender sends is shown on a page and as JSON, with its links', async () => {
  const sender = createSmtpSender({
    host: '127.0.0.1',
    port: inbox.smtpPort,
    secure: false,
    user: null,
    password: null,
    from: 'us@example.org',
  });
  await sender.send({ to: 'new@example.org', subject: 'Grüße', text: 'Open http://127.0.0.1:8080/welcome#abc to begin.' });
  const { messages } = JSON.parse((await get('/api/messages')).text);
  expect(messages).toMatchObject([
    { id: 1, from: 'us@example.org', to: 'new@example.org', subject: 'Grüße', envelope: { to: ['new@example.org'] } },
  ]);
  expect((await get('/')).text).toContain('<a href="/messages/1">Grüße</a>');
  expect((await get('/messages/1')).text).toContain('<a href="http://127.0.0.1:8080/welcome#abc">');
  expect((await get('/messages/2')).status).toBe(404);
});

test('nothing of a mail becomes part of the page, and its HTML is shown where no script runs', async () => {
  const evil = '<script>alert(1)</script>';
  await transport().sendMail({
    from: 'a@example.org',
    to: 'b@example.org',
    subject: evil,
    text: evil,
    html: `<p>Hello</p>${evil}`,
    attachments: [{ filename: `${evil}.txt`, content: 'four' }],
  });
  for (const path of ['/', '/messages/1']) expect((await get(path)).text).not.toContain('<script');
  expect((await get('/messages/1')).text).toContain('(text/plain, 4 bytes)');
  const { headers } = await get('/messages/1/html');
  expect(headers.get('content-security-policy')).toMatch(/^sandbox allow-popups; default-src 'none'/);
});

test('takes mail from whoever signs in with any password, and refuses what is too long', async () => {
  const signedIn = createTransport({ host: '127.0.0.1', port: inbox.smtpPort, auth: { user: 'me', pass: 'any' }, ignoreTLS: true });
  await signedIn.sendMail({ from: 'a@example.org', to: 'b@example.org', subject: 'one', text: 'x' });
  await expect(
    transport().sendMail({ from: 'a@example.org', to: 'b@example.org', subject: 'two', text: 'long line\n'.repeat(20_000) }),
  ).rejects.toThrow(/552|size/i);
  expect(inbox.mailbox.list().map(({ subject }) => subject)).toEqual(['one']);
});

test('is emptied by a program, or by its own page, but not by another site', async () => {
  await transport().sendMail({ from: 'a@example.org', to: 'b@example.org', subject: 'kept', text: 'x' });
  const elsewhere = await get('/clear', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
  expect([elsewhere.status, inbox.mailbox.list().length]).toEqual([403, 1]);
  expect((await get('/clear', { method: 'POST', redirect: 'manual' })).status).toBe(303);
  expect(inbox.mailbox.list()).toEqual([]);
  await transport().sendMail({ from: 'a@example.org', to: 'b@example.org', subject: 'more', text: 'x' });
  expect((await get('/api/messages', { method: 'DELETE' })).status).toBe(200);
  expect(inbox.mailbox.list()).toEqual([]);
});

test('does not answer to another name of this machine, as a page of the Internet would call it', async () => {
  const status = await new Promise((resolve, reject) => {
    const call = request(inbox.url, { headers: { host: 'evil.example.org' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.once('error', reject);
    call.end();
  });
  expect(status).toBe(421);
});
