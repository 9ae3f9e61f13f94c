import { BlockList, isIP } from 'node:net';

/** A set of addresses, from single ones and CIDR ranges. */
export interface AddressRanges {
  /** Mapped IPv4 (`::ffff:10.0.0.1`) counts as the IPv4 it is. */
  includes(address: string): boolean;
}

const FAMILIES = { 4: { name: 'ipv4', addressBits: 32 }, 6: { name: 'ipv6', addressBits: 128 } } as const;

/** Two lists, because in one of them IPv6 ranges would also match mapped IPv4. Texts that are no range are left out. */
export function parseAddressRanges(ranges: readonly string[]): AddressRanges {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address);
    if ((family !== 4 && family !== 6) || !isAddressRange(range)) continue;
    const { name, addressBits } = FAMILIES[family];
    lists[family].addSubnet(address, bits === undefined ? addressBits : Number(bits), name);
  }
  return {
    includes(address) {
      const plain = unmapAddress(address);
      const family = isIP(plain);
      if (family === 4) return lists[4].check(plain, 'ipv4');
      return family === 6 && lists[6].check(plain, 'ipv6');
    },
  };
}

export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (more.length > 0 || (family !== 4 && family !== 6)) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= FAMILIES[family].addressBits);
}

/** IPv4 that a dual-stack socket reports as IPv6, as IPv4. */
function unmapAddress(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address);
  return mapped?.[1] ?? address;
}

/**
 * The address a request came from. With trusted proxies it is the last one in X-Forwarded-For that is not itself such a proxy: what
 * stands before it, the client may have made up.
 */
export function clientAddress(remote: string, forwardedFor: string | null, proxies: AddressRanges): string {
  let address = unmapAddress(remote);
  const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim());
  while (proxies.includes(address)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(unmapAddress(hop)) === 0) break;
    address = unmapAddress(hop);
  }
  return address;
}
