import { type RunningInbox, startInbox } from '@supastor/adapters/mocks/inbox/start-inbox';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, signIn } from '../testing/people.ts';

let postgres: TempPostgres;
let inbox: RunningInbox;
let admin: AdminHarness;
let owner: string;
const mails = () => inbox.mailbox.list();

beforeAll(async () => {
  postgres = await startTempPostgres();
  inbox = await startInbox({ smtpPort: 0, httpPort: 0 });
  admin = await startAdminHarness({
    databaseUrl: await postgres.createDatabase('mail'),
    publicUrl: 'https://files.example.org',
    mail: { host: '127.0.0.1', port: inbox.smtpPort, secure: false, user: null, password: null, from: 'supastor@example.org' },
  });
  owner = await admin.login();
});
afterAll(async () => {
  await admin.stop();
  await inbox.stop();
  await postgres.stop();
});

it('an invitation goes out by mail, with the public address and the link that was shown', async () => {
  const { body } = await admin.call('POST', '/api/v1/users', { token: owner, body: { email: 'new@example.org', role: 'viewer' } });
  expect(body).toMatchObject({ mailed: true, link: expect.stringMatching(/^https:\/\/files\.example\.org\/welcome#[\w-]{43}$/) });
  expect(mails()[0]).toMatchObject({ to: 'new@example.org', from: 'supastor@example.org', text: expect.stringContaining(body.link) });
});

it('a forgotten password is answered the same for everybody, and mailed to who exists', async () => {
  const person = await addPerson(admin, owner, { email: 'here@example.org', role: 'viewer' });
  const before = mails().length;
  const forgot = (email: string) => admin.call('POST', '/api/v1/account/forgot-password', { body: { email } });
  const answers = [await forgot('nobody@example.org'), await forgot(person.email), await forgot('admin@localhost.local')];
  expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(Array.from({ length: 3 }, () => ({ status: 200, body: {} })));
  await expect.poll(() => mails().length, { timeout: 10_000 }).toBe(before + 1);
  const token = /welcome#([\w-]{43})/.exec(mails()[0]?.text ?? '')?.[1];
  const redeem = () => admin.call('POST', '/api/v1/account/link/redeem', { body: { token, password: 'brand-new-words-81' } });
  expect((await redeem()).status).toBe(200);
  expect((await redeem()).status).toBe(404);
  await signIn(admin, person.email, 'brand-new-words-81');
});

it('a header cannot be smuggled in by an address', async () => {
  const { status } = await admin.call('POST', '/api/v1/users', {
    token: owner,
    body: { email: 'a@example.org\r\nBcc: evil@example.org', role: 'viewer' },
  });
  expect(status).toBe(400);
});

it('a mail server that is away leaves the link to be shown', async () => {
  const other = await startAdminHarness({
    databaseUrl: await postgres.createDatabase('nomail'),
    mail: { host: '127.0.0.1', port: 1, secure: false, user: null, password: null, from: 'supastor@example.org' },
  });
  try {
    const token = await other.login();
    const { status, body } = await other.call('POST', '/api/v1/users', { token, body: { email: 'x@example.org', role: 'viewer' } });
    expect({ status, mailed: body.mailed, link: typeof body.link }).toEqual({ status: 200, mailed: false, link: 'string' });
  } finally {
    await other.stop();
  }
});
