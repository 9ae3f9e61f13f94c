import { expect, test } from 'vitest';
import { parseAddressRanges } from '../../s3-keys/address-ranges.ts';
import { RenderRate } from './render-rate.ts';

const PROXY = '10.0.0.1';
const create = (now: () => number) => new RenderRate({ perSecond: 1, proxies: parseAddressRanges([PROXY]), now });
const from = (remote: string, url = '/a?width=1', forwardedFor: string | null = null) => ({ remote, url, forwardedFor });

test('an address gets the same image so often in four seconds, whatever its size, and then again', () => {
  let nowMs = 0;
  const rate = create(() => nowMs);
  const ask = (url?: string) => rate.admits(from('192.0.2.1', url));
  expect([ask(), ask('/a?width=2'), ask('/a'), ask(), ask(), ask()]).toEqual([true, true, true, true, false, false]);
  expect([ask('/b'), rate.admits(from('192.0.2.2'))]).toEqual([true, true]);
  nowMs = 3999;
  expect(ask()).toBe(false);
  nowMs = 4000;
  expect(ask()).toBe(true);
});

test('behind a trusted proxy the address is the one it names, and nobody else is believed', () => {
  const rate = create(() => 0);
  const ask = (remote: string, forwardedFor: string) => rate.admits(from(remote, '/a', forwardedFor));
  const askFourTimes = (remote: string, forwardedFor: string) => Array.from({ length: 4 }, () => ask(remote, forwardedFor)).every(Boolean);
  expect([askFourTimes(PROXY, '192.0.2.1'), ask(PROXY, '192.0.2.1'), ask(PROXY, '192.0.2.2')]).toEqual([true, false, true]);
  expect([askFourTimes('192.0.2.9', '192.0.2.3'), ask('192.0.2.9', '192.0.2.4')]).toEqual([true, false]);
});

test('more images than are remembered do not make the memory grow, and are served', () => {
  const rate = create(() => 0);
  const outcomes = Array.from({ length: 40_000 }, (_, at) => rate.admits(from('192.0.2.1', `/${at}`)));
  expect(outcomes.every(Boolean)).toBe(true);
});
