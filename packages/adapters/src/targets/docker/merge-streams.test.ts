import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mergeStreams } from './merge-streams.ts';

async function* every(pauseMs: number, values: readonly string[]): AsyncGenerator<string> {
  for (const value of values) {
    await sleep(pauseMs);
    yield value;
  }
}

async function* failing(): AsyncGenerator<string> {
  yield 'last words';
  throw new Error('gone');
}

async function* silent(): AsyncGenerator<string> {
  await new Promise(() => undefined);
  yield 'never';
}

const collect = async (merged: AsyncIterable<string>) => {
  const values: string[] = [];
  for await (const value of merged) values.push(value);
  return values;
};

test('values of all streams come as they are, each stream in its order, until all have ended', async () => {
  const values = await collect(mergeStreams([every(1, ['a1', 'a2', 'a3']), every(2, ['b1', 'b2']), failing()]));
  expect(values.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'last words']);
  expect(values.filter((value) => value.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  expect(await collect(mergeStreams([]))).toEqual([]);
});

test('an abort ends it quietly while streams are silent, or when it came before', async () => {
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 20);
  expect(await collect(mergeStreams([silent(), every(1, ['a'])], stopping.signal))).toEqual(['a']);
  expect(await collect(mergeStreams([silent()], AbortSignal.abort()))).toEqual([]);
});
