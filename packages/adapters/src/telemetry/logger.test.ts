import { expect, test } from 'vitest';
import { holdLines } from './logger.ts';

const request = (path: string) => `{"level":"info","path":"${path}","msg":"request"}\n`;
const other = (text: string) => `{"level":"info","audit":"intent","msg":"${text}"}\n`;

function createSink() {
  const writes: string[] = [];
  const calls: string[] = [];
  const sink = {
    write(text: string) {
      writes.push(text);
      return true;
    },
    flushSync() {
      calls.push('flushSync');
    },
  };
  return { writes, calls, destination: holdLines(sink) };
}

test('lines of requests that come together are written together and in order', async () => {
  const { writes, destination } = createSink();
  destination.write(request('one'));
  destination.write(request('two'));
  expect(writes).toEqual([]);
  await expect.poll(() => writes, { timeout: 10_000 }).toEqual([request('one') + request('two')]);
});

test('another line is written at once, behind what was held', () => {
  const { writes, destination } = createSink();
  destination.write(request('one'));
  destination.write(other('two'));
  expect(writes).toEqual([request('one') + other('two')]);
});

test('a flush at the end of the process writes what is held', () => {
  const { writes, calls, destination } = createSink();
  destination.write(request('last'));
  destination.flushSync();
  expect(writes).toEqual([request('last')]);
  expect(calls).toEqual(['flushSync']);
});

test('no more than 16 KiB are held', () => {
  const { writes, destination } = createSink();
  const line = request('x'.repeat(4000));
  for (let count = 0; count < 5; count += 1) destination.write(line);
  expect(writes.join('')).toBe(line.repeat(5));
});
