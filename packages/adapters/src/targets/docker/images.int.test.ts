import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createEngine } from './engine.ts';
import { pullImage } from './images.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;
let server: Server | null = null;

afterEach(() => {
  server?.close();
  server = null;
});

/** An engine that answers a pull with these lines. */
async function engineThatSays(lines: readonly object[]): Promise<string> {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url?.startsWith('/images/create') === true ? lines.map((line) => `${JSON.stringify(line)}\r\n`).join('') : '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const layer = (id: string, status: string, current?: number, total?: number) => ({ id, status, progressDetail: { current, total } });

test('a pull tells how far it is, and in the end the digest', async () => {
  const url = await engineThatSays([
    { status: 'Pulling from library/x', id: '1' },
    layer('a', 'Pulling fs layer'),
    layer('a', 'Downloading', 1_000_000, 4_000_000),
    layer('b', 'Downloading', 12_000_000, 16_000_000),
    layer('a', 'Download complete'),
    layer('b', 'Extracting', 1, 16_000_000),
    { status: `Digest: ${DIGEST}` },
    { status: 'Status: Downloaded newer image for x:1' },
  ]);
  const told: string[] = [];
  await pullImage(createEngine(url), 'x:1', (text) => told.push(text));
  expect([...new Set(told)]).toEqual([
    '25 % of 4.0 MB in 1 layer',
    '65 % of 20 MB in 2 layers',
    '80 % of 20 MB in 2 layers',
    '100 % of 20 MB in 2 layers',
    DIGEST,
  ]);
});

test('what the registry refuses is said, with the command that makes the image', async () => {
  const url = await engineThatSays([{ errorDetail: { message: 'manifest unknown' }, error: 'manifest unknown' }]);
  await expect(pullImage(createEngine(url), 'supastor/meta:1', () => undefined)).rejects.toMatchObject({
    code: 'SJ_IMAGE_MISSING',
    message: expect.stringContaining('manifest unknown'),
    hint: 'supastor images build',
  });
});
