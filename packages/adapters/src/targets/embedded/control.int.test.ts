import { readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import type { LogRecord } from '@supastor/contract/wire/log-record';
import type { StackEvent } from '@supastor/core/stack/stack-control.port';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createControlClient } from './control-client.ts';
import { controlSocketPath } from './files/runtime-dir.ts';
import { readPlacement } from './files/state-file.ts';
import { createTestStack, poll, type TestStack } from './testing/test-stack.ts';

// Whole stacks are started; a busy machine may need a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let stack: TestStack;

beforeAll(async () => {
  stack = await createTestStack({ maxFileBytes: 4000 });
  await stack.up();
});
afterAll(() => stack.destroy());

const say = (msg: string, times = 1) => fetch(`http://127.0.0.1:${stack.ports.meta}/say?msg=${msg}&times=${times}`);
const socketPath = () => controlSocketPath(readPlacement(stack.target.paths.placementFile)?.runtimeDir ?? '');

const metaFiles = async () => (await readdir(stack.target.paths.logsDir)).filter((name) => name.startsWith('meta.ndjson')).toSorted();

async function lastTwo(): Promise<readonly LogRecord[] | null> {
  const found: LogRecord[] = [];
  for await (const record of stack.target.control.logs({ services: ['meta'], tail: 2, follow: false })) found.push(record);
  return found[1]?.msg === 'hello 2' ? found : null;
}

async function take<T>(values: AsyncIterable<T>, wanted: (value: T) => boolean): Promise<T> {
  for await (const value of values) if (wanted(value)) return value;
  throw new Error('the stream ended');
}

test('the control socket is for its owner only', async () => {
  expect((await stat(socketPath())).mode & 0o777).toBe(0o600);
});

test('logs come filtered, oldest first, from every service', async () => {
  await say('hello', 3);
  expect((await poll(lastTwo, 'the records')).map(({ msg }) => msg)).toEqual(['hello 1', 'hello 2']);
  const levels = new Set<string>();
  for await (const { level } of stack.target.control.logs({ services: [], level: 'error', tail: 100, follow: false })) levels.add(level);
  expect([...levels].filter((level) => level !== 'error' && level !== 'fatal')).toEqual([]);
  for await (const { service } of stack.target.control.logs({ services: ['postgres'], tail: 1, follow: false }))
    expect(service).toBe('postgres');
});

test('followers get the past and then what comes, until they leave', async () => {
  await say('before');
  const leave = new AbortController();
  const heard: string[] = [];
  const done = (async () => {
    for await (const { msg } of stack.target.control.logs({ services: ['meta'], tail: 1, follow: true }, leave.signal)) {
      heard.push(msg);
      if (heard.length === 1) await say('after');
      if (msg === 'after 0') leave.abort();
    }
  })();
  await done;
  expect(heard.at(-1)).toBe('after 0');
});

test('events tell every move of a service', async () => {
  const moves: string[] = [];
  const watching = take<StackEvent>(stack.target.control.events(), (event) => {
    if (event.name !== 'service.changed' || event.payload.service !== 'admin') return false;
    moves.push(`${event.payload.from} -> ${event.payload.to}`);
    return event.payload.to === 'healthy';
  });
  // The stream is open once its answer has begun; a status call on the same socket comes after it.
  await stack.target.control.status();
  await stack.target.control.act('admin', 'restart');
  await watching;
  expect(moves).toEqual(['healthy -> stopping', 'stopping -> stopped', 'stopped -> starting', 'starting -> healthy']);
});

test('log files rotate while the service keeps writing', async () => {
  await say('rotate', 200);
  const all = ['meta.ndjson', 'meta.ndjson.1', 'meta.ndjson.2', 'meta.ndjson.3'];
  await poll(async () => ((await metaFiles()).length === 4 ? true : null), 'rotated files');
  expect(await metaFiles()).toEqual(all);
});

test('a service whose dependency is stopped cannot be started', async () => {
  await stack.target.control.act('admin', 'stop');
  await stack.target.control.act('meta', 'stop');
  await expect(stack.target.control.act('admin', 'start')).rejects.toMatchObject({ code: 'SJ_TRANSITION_REFUSED' });
  await stack.target.control.act('meta', 'start');
  expect((await stack.target.control.act('admin', 'start')).state).toBe('healthy');
});

test.each([
  ['GET', '/v1/nothing', 404, 'SJ_NOT_FOUND'],
  ['POST', '/v1/services/redis/start', 404, 'SJ_SERVICE_UNKNOWN'],
  ['POST', '/v1/services/meta/explode', 404, 'SJ_NOT_FOUND'],
  ['POST', '/v1/services/meta/apply', 400, 'SJ_INPUT_INVALID'],
  ['GET', '/v2/status', 404, 'SJ_NOT_FOUND'],
])('%s %s is answered with %i %s', async (method, path, status, code) => {
  const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const call = request({ socketPath: socketPath(), method, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    call.once('error', reject).end(method === 'POST' ? '{"name":"meta"}' : undefined);
  });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toMatchObject({ code });
});

test('where nobody listens, every call says so', async () => {
  const client = createControlClient('/nonexistent/control.sock');
  await expect(client.status()).rejects.toMatchObject({ code: 'SJ_SUPERVISOR_UNREACHABLE', hint: 'supastor up' });
  await expect(take(client.events(), () => true)).rejects.toMatchObject({ code: 'SJ_SUPERVISOR_UNREACHABLE' });
});

test('a status says what each service uses, of late as well', async () => {
  const usage = async () => (await stack.status('postgres')).instances[0];
  await expect.poll(async () => (await usage())?.cpuCores ?? -1, { timeout: 30_000 }).toBeGreaterThanOrEqual(0);
  expect(await usage()).toMatchObject({ name: 'postgres', state: 'healthy', pid: await stack.pid('postgres'), memoryLimitBytes: null });
  expect((await usage())?.cpuSeconds).toBeGreaterThan(0);
  expect((await stack.status('postgres')).rssBytes).toBeGreaterThan(1e6);
});
