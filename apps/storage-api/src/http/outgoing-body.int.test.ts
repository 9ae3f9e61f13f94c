import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, expect, test } from 'vitest';
import { outgoingBody } from './outgoing-body.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  stops.push(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
}

test('a client that reads slowly gets every byte, and the chunks are empty afterwards', async () => {
  const chunks = Array.from({ length: 40 }, () => randomBytes(262_144));
  const body = Buffer.concat(chunks);
  const url = await serve((_request, response) => void outgoingBody(Readable.from(chunks)).pipe(response));
  const [response] = await once(get(url), 'response');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await buffer(response)).equals(body)).toBe(true);
  await expect.poll(() => chunks.every(({ length }) => length === 0), { timeout: 10_000 }).toBe(true);
});

test('parts of a buffer that others use stay as they are', async () => {
  const whole = randomBytes(1_000_000);
  const copy = Buffer.from(whole);
  const parts = [whole.subarray(0, 500_000), whole.subarray(500_000)];
  const url = await serve((_request, response) => void outgoingBody(Readable.from(parts)).pipe(response));
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(copy)).toBe(true);
  expect(whole.equals(copy)).toBe(true);
});

test('a pipeline hears of a client that goes away, and of a source that fails', async () => {
  const endless = Readable.from(
    (async function* () {
      for (;;) yield randomBytes(262_144);
    })(),
  );
  const failing = Readable.from(
    (async function* () {
      yield randomBytes(262_144);
      throw new Error('the disk is gone');
    })(),
  );
  const outcomes: Promise<unknown>[] = [];
  const url = await serve((request, response) => {
    const sent = pipeline(outgoingBody(request.url === '/endless' ? endless : failing), response);
    outcomes.push(sent.catch((error: unknown) => error));
  });
  const request = get(`${url}/endless`);
  const [response] = await once(request, 'response');
  request.on('error', () => {});
  response.on('error', () => {});
  response.destroy();
  await expect.poll(() => endless.destroyed, { timeout: 10_000 }).toBe(true);
  await expect(fetch(`${url}/failing`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  expect(await Promise.all(outcomes)).toMatchObject([{ code: 'ERR_STREAM_PREMATURE_CLOSE' }, { message: 'the disk is gone' }]);
});
