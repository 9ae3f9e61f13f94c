import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { configSchema } from '@supastor/contract/config/schema';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { afterEach, expect, test } from 'vitest';
import { probeBucket } from './bucket-probe.ts';
import { signS3 } from './sign-s3.ts';

let server: Server | null = null;
afterEach(async () => {
  await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
  server = null;
});

const config = (port: number) =>
  configSchema.parse({
    storage: {
      backend: 's3',
      s3: { bucket: 'bytes', endpoint: `http://127.0.0.1:${port}`, prefix: 'a', accessKeyId: 'key', secretAccessKey: 'secret' },
    },
  });

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const created = createServer((request, response) => void request.resume().on('end', () => answer(request, response)));
  server = created;
  const port = await findFreePort();
  await new Promise<void>((resolve) => void created.listen(port, '127.0.0.1', resolve));
  return port;
}

test('does what the storage server needs, with one object that is removed again', async () => {
  const seen: string[] = [];
  const port = await listen((request, response) => {
    seen.push(`${request.method} ${request.url?.replace(/-[0-9a-f-]{36}$/, '-ID')}`);
    response.end();
  });
  expect(await probeBucket(config(port))).toEqual({ kind: 'ready', skewMs: expect.any(Number) });
  expect(seen).toEqual([
    'GET /bytes?list-type=2&max-keys=1',
    'GET /bytes?max-uploads=1&uploads=',
    'PUT /bytes/a/supastor-doctor-ID',
    'GET /bytes/a/supastor-doctor-ID',
    'DELETE /bytes/a/supastor-doctor-ID',
  ]);
});

test('tells the step that was refused, the region of the bucket and how far the clocks are apart', async () => {
  const port = await listen((_request, response) => {
    response.writeHead(400, { date: new Date(Date.now() + 3_600_000).toUTCString(), 'x-amz-bucket-region': 'eu-central-1' });
    response.end('<Error><Code>AuthorizationHeaderMalformed</Code></Error>');
  });
  const fact = await probeBucket(config(port));
  expect(fact).toMatchObject({ kind: 'refused', step: 'ListBucket', code: 'AuthorizationHeaderMalformed', region: 'eu-central-1' });
  expect(fact.kind === 'refused' ? fact.skewMs : 0).toBeGreaterThan(3_000_000);
});

test('what may be written but not read is removed all the same', async () => {
  const removed: string[] = [];
  const port = await listen((request, response) => {
    if (request.method === 'DELETE') removed.push(request.url ?? '');
    response.statusCode = request.method === 'GET' && request.url?.includes('doctor') === true ? 403 : 200;
    response.end('<Error><Code>AccessDenied</Code></Error>');
  });
  expect(await probeBucket(config(port))).toMatchObject({ kind: 'refused', step: 'GetObject', status: 403, code: 'AccessDenied' });
  expect(removed).toHaveLength(1);
});

test('nobody at the endpoint is told with the reason', async () => {
  const port = await findFreePort();
  expect(await probeBucket(config(port))).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('ECONNREFUSED') });
});

test('without a bucket or keys nothing is asked', async () => {
  expect(await probeBucket(configSchema.parse({ storage: { backend: 's3' } }))).toEqual({ kind: 'unset' });
});

// "GET Bucket (List Objects)" of Amazon's documentation of Signature Version 4.
test('signs as the documentation of S3 shows', () => {
  const keys = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: undefined,
    region: 'us-east-1',
  };
  const url = new URL('https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J');
  expect(signS3('GET', url, Buffer.alloc(0), keys, Date.UTC(2013, 4, 24))['authorization']).toContain(
    'Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});
