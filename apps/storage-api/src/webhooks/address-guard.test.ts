import { expect, test } from 'vitest';
import { assertPublicHost, isInternalAddress } from './address-guard.ts';
import { backoffFor } from './dispatcher.ts';

test.each([
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'not an address',
])('%s is internal', (address) => {
  expect(isInternalAddress(address)).toBe(true);
});

test.each(['8.8.8.8', '172.32.0.1', '172.15.0.1', '100.128.0.1', '2606:4700::1111'])('%s is public', (address) => {
  expect(isInternalAddress(address)).toBe(false);
});

test.each(['http://127.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://[::1]/', 'http://[::ffff:7f00:1]/'])(
  '%s is an internal address in another spelling',
  (url) => {
    expect(() => assertPublicHost(new URL(url))).toThrow('internal');
  },
);

test('pauses double, differ by up to a half, and end at an hour', () => {
  expect([1, 2, 3, 4].map((attempt) => backoffFor(attempt, 1000, () => 1))).toEqual([1000, 2000, 4000, 8000]);
  expect(backoffFor(3, 1000, () => 0)).toBe(2000);
  expect(backoffFor(90, 1000, () => 1)).toBe(3_600_000);
});
