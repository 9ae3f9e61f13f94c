import { randomBytes } from 'node:crypto';
import { openSockets, peakBytes, residentBytes, SlowClients } from '@supastor/testkit/harness/slow-clients';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestPool } from '../testing/pool.ts';
import { type ServerProcess, spawnServer } from '../testing/process.ts';
import { KEY_PAIR } from '../testing/s3.ts';
import { BOOTSTRAP_SQL, SERVICE_TOKEN } from '../testing/server.ts';
import { signRequest } from '../testing/sign-s3.ts';
import { PART_TYPE, tusMetadata } from '../testing/tus.ts';

/** Raise it for a soak: SUPASTOR_SLOW_CLIENTS=1000. */
const CLIENTS = Number(process.env['SUPASTOR_SLOW_CLIENTS'] ?? '200');
const GROWTH_BYTES = 200_000_000;
const LARGE = randomBytes(20_000_000);
/** Some are kept open for the healthy client and for Postgres. */
const SOME_SOCKETS = 60;
const POLL = { timeout: 120_000, interval: 200 };
const ENV = {
  SUPASTOR_HEAD_TIMEOUT_SECONDS: '3',
  SUPASTOR_IDLE_TIMEOUT_SECONDS: '4',
  SUPASTOR_MIN_BODY_BYTES_PER_SECOND: '100',
  S3_PROTOCOL_ACCESS_KEY_ID: KEY_PAIR.accessKeyId,
  S3_PROTOCOL_ACCESS_KEY_SECRET: KEY_PAIR.secret,
};

let postgres: TempPostgres;
let dir: TempDir;
let server: ServerProcess;

beforeAll(async () => {
  [dir, postgres] = await Promise.all([createTempDir('slow'), startTempPostgres()]);
  const pool = createTestPool(postgres.url, 1);
  await pool.query(BOOTSTRAP_SQL);
  await pool.end();
  server = await spawnServer(postgres.url.replace('postgres@', 'supabase_storage_admin@'), `${dir.path}/store`, ENV);
  await server.client.createBucket('box');
  expect((await server.client.from('box').upload('large', LARGE)).error).toBeNull();
});
afterAll(async () => {
  await server?.end('SIGKILL');
  await postgres.stop();
  await dir.remove();
});

const AUTH = `authorization: Bearer ${SERVICE_TOKEN}\r\n`;
const request = (line: string, headers: string) => `${line} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}\r\n`;
const upload = (path: string, headers = '') => request(`POST ${path}`, `${AUTH}content-length: 100000\r\n${headers}`);

function s3(method: string, path: string, headers: string): string {
  const { host } = new URL(server.url);
  const signed = signRequest(server.url, { method, path, contentSha256: 'UNSIGNED-PAYLOAD' }).headers;
  const lines = Object.entries(signed).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}${headers}\r\n`;
}

const created = (index: number) => tusMetadata({ bucketName: 'box', objectName: `tus-${index}` });
const BODIES: Readonly<Record<string, (index: number) => string>> = {
  REST: (index) => upload(`/object/box/slow-${index}`),
  form: (index) => upload(`/object/box/form-${index}`, 'content-type: multipart/form-data; boundary=x\r\n'),
  JSON: () => upload('/bucket', 'content-type: application/json\r\n'),
  TUS: (index) =>
    upload(
      '/upload/resumable',
      `content-type: ${PART_TYPE}\r\ntus-resumable: 1.0.0\r\nupload-length: 100000\r\nupload-metadata: ${created(index)}\r\n`,
    ),
  S3: (index) => s3('PUT', `/s3/box/s3-${index}`, 'content-length: 100000\r\n'),
};
const doors = Object.values(BODIES);

/** A client that is in no hurry either, but does what it asked for: all of it must work. */
async function work(times: number): Promise<readonly unknown[]> {
  const problems: unknown[] = [];
  const box = server.client.from('box');
  for (let index = 0; index < times; index += 1) {
    const { error } = await box.upload(`healthy-${index % 5}`, randomBytes(5000), { upsert: true });
    const [read, listed] = await Promise.all([box.download(`healthy-${index % 5}`), box.list('', { limit: 10 })]);
    problems.push(...[error, read.error, listed.error].filter((each) => each !== null));
  }
  return problems;
}

describe.skipIf(process.platform !== 'linux')(`${CLIENTS} clients that`, () => {
  test.each([
    {
      what: 'drip the head of a request',
      head: () => 'GET /bucket HTTP/1.1\r\nhost: x\r\nx-slow: ',
      drip: 'a',
      answer: /^HTTP\/1\.1 408 /,
    },
    {
      what: 'drip a body, at every door',
      head: (index: number) => doors[index % doors.length]?.(index) ?? '',
      drip: 'a',
      answer: /^HTTP\/1\.1 408 /,
    },
    {
      what: 'do not read what they asked for, over REST and S3',
      head: (index: number) => (index % 2 === 0 ? request('GET /object/box/large', AUTH) : s3('GET', '/s3/box/large', '')),
      drip: undefined,
      answer: /^$/,
    },
  ])(
    '$what are cut off; others are served meanwhile, and memory stays bounded',
    async ({ head, drip, answer }) => {
      expect(await work(10)).toEqual([]);
      const before = await residentBytes(server.pid);
      const slow = await SlowClients.open({
        port: Number(new URL(server.url).port),
        count: CLIENTS,
        head,
        ...(drip === undefined ? {} : { drip }),
      });
      try {
        const working = work(20);
        const peak = await peakBytes(server.pid, working);
        expect(await working).toEqual([]);
        expect(peak - before).toBeLessThan(GROWTH_BYTES);
        await expect.poll(() => openSockets(server.pid), POLL).toBeLessThan(SOME_SOCKETS);
        expect(slow.firstAnswer).toMatch(answer);
      } finally {
        slow.end();
      }
      expect(await work(3)).toEqual([]);
      expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    },
    300_000,
  );
});

test('a body that moves, however long it takes, is not cut off', async () => {
  const pieces = 30;
  const body = new ReadableStream({
    async start(controller) {
      for (let piece = 0; piece < pieces; piece += 1) {
        controller.enqueue(randomBytes(1000));
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      controller.close();
    },
  });
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${SERVICE_TOKEN}` },
    duplex: 'half',
  };
  expect((await fetch(`${server.url}/object/box/steady`, init)).status).toBe(200);
  expect((await (await server.client.from('box').download('steady')).data?.arrayBuffer())?.byteLength).toBe(pieces * 1000);
});
