import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningCatcher, startCatcher } from './start-catcher.ts';

const SECRET = 'key-of-the-signatures';

let catcher: RunningCatcher;
beforeEach(async () => {
  catcher = await startCatcher({ port: 0, secret: SECRET });
});
afterEach(() => catcher.stop());

const hook = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${catcher.hookUrl}/storage?a=1`, { method: 'POST', body, headers: { 'x-supastor-event': 'object.created', ...headers } });
const order = (path: string, body: unknown) => fetch(`${catcher.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
const signed = (body: string, timestamp = '1700000000') => ({
  'x-supastor-timestamp': timestamp,
  'x-supastor-signature': `v1=${createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex')}`,
});

test('keeps what it is sent, with headers, and says what is wrong with a signature', async () => {
  const body = '{"n":1}';
  for (const headers of [{}, signed(body), signed('{"n":2}')]) expect((await hook(body, headers)).status).toBe(204);
  const list = await fetch(`${catcher.url}/api/requests`);
  expect(await list.json()).toMatchObject({
    requests: [
      { id: 3, signature: 'wrong', answered: 204, body },
      { id: 2, signature: 'valid', method: 'POST', path: '/hooks/storage?a=1', headers: { 'x-supastor-event': 'object.created' } },
      { id: 1, signature: 'absent' },
    ],
  });
  const page = await fetch(`${catcher.url}/requests/2`).then((answer) => answer.text());
  expect(page).toContain('Signature: ✓ valid.');
  expect(page).toContain('{\n  &quot;n&quot;: 1\n}');
});

test('checks with the key it is given, and nothing without one', async () => {
  await order('/api/secret', { secret: 'another key' });
  await hook('x', signed('x'));
  await order('/api/secret', { secret: null });
  await hook('x', signed('x'));
  expect(catcher.caught.list().map(({ signature }) => signature)).toEqual(['unchecked', 'wrong']);
  expect((await order('/api/secret', {})).status).toBe(400);
});

test('refuses as often as it is told, and keeps those requests too', async () => {
  expect(await order('/api/refuse', { times: 2, status: 503 }).then((answer) => answer.json())).toEqual({ times: 2, status: 503 });
  const answers = [await hook('a'), await hook('b'), await hook('c')];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 204]);
  expect(catcher.caught.list().map(({ body, answered }) => [body, answered])).toEqual([
    ['c', 204],
    ['b', 503],
    ['a', 503],
  ]);
  const form = await fetch(`${catcher.url}/refuse`, {
    method: 'POST',
    body: new URLSearchParams({ times: '1', status: '500' }),
    redirect: 'manual',
  });
  expect([form.status, catcher.caught.refusals]).toEqual([303, { times: 1, status: 500 }]);
});

test.each([[{ times: -1 }], [{ times: 1, status: 200 }], [{ times: 'many' }], ['nonsense']])('%j is no order', async (body) => {
  const answer = await order('/api/refuse', body);
  expect([answer.status, catcher.caught.refusals.times]).toEqual([400, 0]);
});

test('a body that is too long is refused, and nothing of a request becomes part of the page', async () => {
  expect((await hook('x'.repeat(1_100_000))).status).toBe(400);
  await hook('<script>alert(1)</script>', { 'x-evil': '<script>' });
  for (const path of ['/', '/requests/1']) {
    expect(await fetch(`${catcher.url}${path}`).then((answer) => answer.text())).not.toContain('<script');
  }
});
