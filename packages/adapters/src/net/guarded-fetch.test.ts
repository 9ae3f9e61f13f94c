import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createGuardedFetch } from './guarded-fetch.ts';

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  running.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const outside = createGuardedFetch({ allowPrivate: false, timeoutMs: 5000, maxBytes: 1000 });
const inside = createGuardedFetch({ allowPrivate: true, timeoutMs: 5000, maxBytes: 1000 });

it.each([
  'https://127.0.0.1',
  'https://127.1',
  'https://2130706433',
  'https://0x7f.0.0.1',
  'https://0',
  'https://10.1.2.3',
  'https://100.64.0.1',
  'https://169.254.169.254/latest/meta-data',
  'https://172.31.255.255',
  'https://192.168.0.1',
  'https://[::1]',
  'https://[::]',
  'https://[::ffff:10.0.0.1]',
  'https://[64:ff9b::a00:1]',
  'https://[2002:a00:1::]',
  'https://[fd00::1]',
  'https://[fe80::1]',
  'https://localhost',
])('%s is not reached from outside', async (url) => {
  await expect(outside(url, {})).rejects.toThrow('the address of the target is internal');
});

it('nothing is reached over http from outside, and no other scheme at all', async () => {
  await expect(outside('http://example.org', {})).rejects.toThrow('https');
  await expect(inside('file:///etc/passwd', {})).rejects.toThrow();
});

it('a redirect is an answer, and not followed', async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/secret' }).end();
  });
  const answer = await inside(`${url}/start`, { method: 'POST', body: 'a=1' });
  expect([answer.status, asked]).toEqual([302, ['/start']]);
});

it('an answer that is too long, or never comes, is given up', async () => {
  const long = await serve((_request, response) => response.end('x'.repeat(100_000)));
  await expect(inside(long, {})).rejects.toThrow('too long');
  const silent = await serve(() => undefined);
  const impatient = createGuardedFetch({ allowPrivate: true, timeoutMs: 50, maxBytes: 1000 });
  await expect(impatient(silent, {})).rejects.toThrow();
});
