import { S3Client, CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StorageClient } from '@supabase/storage-js';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { signInAtProvider } from '@supastor/testkit/harness/sign-in-at-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStack, type Stack, type StackAccess } from './harness/stack.ts';

interface MockAccess extends StackAccess {
  readonly MOCK_INBOX_URL: string;
  readonly MOCK_WEBHOOKS_URL: string;
  readonly MOCK_S3_URL: string;
  readonly MOCK_OIDC_ISSUER: string;
}

/** What the tests look at of an answer. */
interface Answer {
  readonly url: string;
  readonly ticket: string;
  readonly token: string;
  readonly link: string;
  readonly providers: readonly unknown[];
}

interface Caught {
  readonly requests: readonly { readonly body: string; readonly answered: number; readonly signature: string }[];
}

const WAIT = { timeout: 30_000 };

let stack: Stack;
let access: MockAccess;

beforeAll(async () => {
  const names = ['SMTP', 'INBOX', 'OIDC', 'WEBHOOKS', 'S3', 'S3_HTTP'];
  const env: Record<string, string> = {};
  for (const name of names) env[`SUPASTOR_MOCKS_${name}_PORT`] = String(await findFreePort());
  stack = await createStack({ env });
  await stack.up('--dev', '--mocks', 'all');
  access = await readAccess();
}, 180_000);
afterAll(() => stack?.destroy(), 60_000);

async function readAccess(): Promise<MockAccess> {
  const { stdout } = await stack.cli('status', '--show-secrets', '-o', 'env');
  const pairs = [...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  return { ...(await stack.access()), ...Object.fromEntries(pairs) };
}

async function call(method: string, path: string, body: unknown, token?: string) {
  const answer = await fetch(`${access.ADMIN_URL}${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
  const parsed: Answer = JSON.parse(await answer.text());
  return { status: answer.status, body: parsed };
}

async function signInWithProvider(login: string) {
  const { body } = await call('POST', '/api/v1/session/sso/mock', {});
  const query = await signInAtProvider(body.url, { site: access.ADMIN_URL, login });
  return call('POST', '/api/v1/session/sso-finish', { ticket: body.ticket, query });
}

test('an invited user finds the mail in the inbox, with a link that works', async () => {
  const { body: session } = await call('POST', '/api/v1/session', { email: access.ADMIN_EMAIL, password: access.ADMIN_PASSWORD });
  const { body } = await call('POST', '/api/v1/users', { email: 'new@example.org', role: 'viewer' }, session.token);
  expect(body).toMatchObject({ mailed: true });
  const inbox = await fetch(`${access.MOCK_INBOX_URL}/api/messages`);
  expect(await inbox.json()).toMatchObject({ messages: [{ to: 'new@example.org', text: expect.stringContaining(body.link) }] });
});

test('a test user signs in with the role of their group, also when the provider was killed in between', async () => {
  expect(await signInWithProvider('developer')).toMatchObject({
    status: 200,
    body: { email: 'developer@example.test', role: 'developer' },
  });
  expect((await signInWithProvider('nobody')).status).toBe(403);
  const { oidc } = await stack.pids();
  process.kill(oidc ?? Number.NaN, 'SIGKILL');
  await expect.poll(async () => (await stack.pids())['oidc'] ?? oidc, WAIT).not.toBe(oidc);
  await expect
    .poll(
      () =>
        fetch(`${access.MOCK_OIDC_ISSUER}/health`).then(
          ({ ok }) => ok,
          () => false,
        ),
      WAIT,
    )
    .toBe(true);
  expect((await signInWithProvider('owner')).status).toBe(200);
}, 90_000);

test('what happens to objects reaches the catcher, signed, and again after it refused', async () => {
  await fetch(`${access.MOCK_WEBHOOKS_URL}/api/refuse`, { method: 'POST', body: JSON.stringify({ times: 1, status: 500 }) });
  const storage = new StorageClient(`${access.API_URL}/storage/v1`, {
    apikey: access.SERVICE_ROLE_KEY,
    authorization: `Bearer ${access.SERVICE_ROLE_KEY}`,
  });
  await storage.createBucket('photos');
  expect((await storage.from('photos').upload('a.txt', 'four')).error).toBeNull();
  const caught = async () => {
    const { requests }: Caught = JSON.parse(await (await fetch(`${access.MOCK_WEBHOOKS_URL}/api/requests`)).text());
    return requests.filter(({ body }) => body.includes('a.txt')).map(({ answered, signature }) => [answered, signature]);
  };
  await expect.poll(caught, { timeout: 60_000 }).toContainEqual([204, 'valid']);
}, 90_000);

test('the local S3 keeps objects apart from those of the stack', async () => {
  const s3 = new S3Client({
    endpoint: access.MOCK_S3_URL,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: access.S3_PROTOCOL_ACCESS_KEY_ID, secretAccessKey: access.S3_PROTOCOL_ACCESS_KEY_SECRET },
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'elsewhere' }));
  await s3.send(new PutObjectCommand({ Bucket: 'elsewhere', Key: 'b.txt', Body: 'kept apart' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'elsewhere', Key: 'b.txt' }));
  expect(await Body?.transformToString()).toBe('kept apart');
  const headers = { apikey: access.SERVICE_ROLE_KEY, authorization: `Bearer ${access.SERVICE_ROLE_KEY}` };
  const { data } = await new StorageClient(`${access.API_URL}/storage/v1`, headers).listBuckets();
  expect(data?.map(({ name }) => name)).toEqual(['photos']);
});

test('mocks are in status and logs; a name that is none and production are refused, and nothing changes', async () => {
  const status = await stack.cli('status');
  for (const word of ['smtp', 'oidc', 'webhooks', 's3', 'Mock inbox', access.MOCK_INBOX_URL]) expect(status.stdout).toContain(word);
  expect((await stack.cli('logs', 'smtp')).stdout).toContain('mock ready');
  const unknown = await stack.cli('up', '-d', '--dev', '--mocks', 'smtp,ftp');
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no mock "ftp"; there are smtp, oidc, webhooks, s3') });
  const prod = await stack.cli('up', '-d', '--prod', '--mocks', 'smtp');
  expect(prod).toMatchObject({ code: 2, stderr: expect.stringContaining('mocks are for development') });
  expect(Object.keys(await stack.pids())).toEqual(expect.arrayContaining(['smtp', 'oidc', 'webhooks', 's3']));
});

test('without --mocks the next start leaves them out, and mail is not sent any more', async () => {
  await stack.up('--dev');
  expect(Object.keys(await stack.pids()).toSorted()).toEqual(['admin', 'meta', 'postgres', 'storage']);
  const { body } = await call('GET', '/api/v1/session/methods', undefined);
  expect(body.providers).toEqual([]);
}, 90_000);
