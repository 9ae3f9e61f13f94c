import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTrustedProxies, isProxy } from './trusted-proxies.ts';

function startNames(addresses: Record<string, readonly string[]>) {
  const clock = { nowMs: 0, lookups: 0 };
  const resolve = async (name: string) => {
    clock.lookups += 1;
    const found = addresses[name];
    if (found === undefined) throw new Error('ENOTFOUND');
    return found;
  };
  return { clock, names: { resolve, now: () => clock.nowMs } };
}

test('proxies are addresses, ranges and names, and a mistyped address is none of them', () => {
  expect(['10.0.0.1', '10.0.0.0/8', '::1', 'edge', 'proxy-1.example.org', 'edge_1'].every(isProxy)).toBe(true);
  expect(['', '10.0.0', '10.0.0.256', '10.0.0.0/33', 'edge/8', '-a', 'a b', '*', 'edge:80'].some(isProxy)).toBe(false);
});

test('a name stands for the addresses of its host and for no others of their network', async () => {
  const { names } = startNames({ edge: ['172.18.0.5', '172.19.0.5'] });
  const proxies = createTrustedProxies(['edge', '192.0.2.0/24'], names);
  expect(proxies.includes('172.18.0.5')).toBe(false);
  await settled();
  expect(['172.18.0.5', '::ffff:172.19.0.5', '192.0.2.7'].every((address) => proxies.includes(address))).toBe(true);
  expect(['172.18.0.1', '172.18.0.4', '172.19.0.6'].some((address) => proxies.includes(address))).toBe(false);
});

test('a host that moves or goes is followed, with one lookup a second at most', async () => {
  const addresses: Record<string, readonly string[]> = {};
  const { clock, names } = startNames(addresses);
  const proxies = createTrustedProxies(['edge'], names);
  const askLater = async (address: string) => {
    clock.nowMs += 1000;
    proxies.includes(address);
    await settled();
    return proxies.includes(address);
  };
  await settled();
  addresses['edge'] = ['172.18.0.5'];
  expect(await askLater('172.18.0.5')).toBe(true);
  addresses['edge'] = ['172.18.0.9'];
  expect([await askLater('172.18.0.9'), proxies.includes('172.18.0.5')]).toEqual([true, false]);
  const before = clock.lookups;
  for (let asked = 0; asked < 100; asked += 1) proxies.includes('192.0.2.1');
  await settled();
  expect(clock.lookups - before).toBe(0);
  delete addresses['edge'];
  await askLater('192.0.2.1');
  expect(proxies.includes('172.18.0.9')).toBe(false);
});
