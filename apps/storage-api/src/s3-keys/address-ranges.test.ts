import { describe, expect, it } from 'vitest';
import { clientAddress, isAddressRange, parseAddressRanges } from './address-ranges.ts';

describe('address ranges', () => {
  it('hold single addresses and networks of both families, mapped IPv4 included', () => {
    const ranges = parseAddressRanges(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1', 'nonsense', '1.2.3.4/99']);
    const inside = ['10.255.0.1', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:1::2', '::1'];
    expect(inside.filter((address) => !ranges.includes(address))).toEqual([]);
    const outside = ['11.0.0.1', '192.0.2.8', '::ffff:11.0.0.1', '2001:db9::1', '::2', '1.2.3.4', '', 'x'];
    expect(outside.filter((address) => ranges.includes(address))).toEqual([]);
  });

  it('are told from other texts', () => {
    expect(['10.0.0.1', '10.0.0.0/8', '::/0', '0.0.0.0/0'].every(isAddressRange)).toBe(true);
    expect(['', '10.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/8/8', 'host'].some(isAddressRange)).toBe(false);
  });
});

describe('the address of a client', () => {
  const proxies = parseAddressRanges(['10.0.0.0/8']);

  it('is that of the connection unless a trusted proxy made it', () => {
    expect(clientAddress('198.51.100.1', '1.1.1.1', proxies)).toBe('198.51.100.1');
    expect(clientAddress('::ffff:198.51.100.1', null, proxies)).toBe('198.51.100.1');
  });

  it('is what the nearest trusted proxy saw, whatever the client claimed before it', () => {
    expect(clientAddress('10.0.0.1', '192.0.2.9, 198.51.100.2', proxies)).toBe('198.51.100.2');
    expect(clientAddress('10.0.0.1', '192.0.2.9, 198.51.100.2, 10.0.0.2', proxies)).toBe('198.51.100.2');
    expect(clientAddress('10.0.0.1', 'unknown', proxies)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', null, proxies)).toBe('10.0.0.1');
  });
});
