import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { type AddressRanges, clientAddress, isAddressRange, parseAddressRanges } from '../s3-keys/address-ranges.ts';

/** Names are not looked up more often than this. */
const FRESH_MS = 1000;

interface NameLookup {
  /** All addresses of a host. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  readonly now: () => number;
}

const REAL_LOOKUP: NameLookup = {
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  now: () => performance.now(),
};

/** Whether a text is an address, a range or the name of a host. Names end in a part with a letter: a mistyped address is none. */
export function isProxy(text: string): boolean {
  return isAddressRange(text) || (/^[a-z\d][\w.-]*$/i.test(text) && /[a-z]/i.test(text.split('.').at(-1) ?? ''));
}

/**
 * Proxies whose word on where a request comes from is taken: addresses, ranges, and names of hosts. Names are looked up in the background
 * whenever somebody comes who is not among them, so that one that has moved is soon known; a name that is not found stands for nobody.
 */
export function createTrustedProxies(proxies: readonly string[], { resolve, now } = REAL_LOOKUP): AddressRanges {
  const fixed = parseAddressRanges(proxies);
  const names = proxies.filter((proxy) => !isAddressRange(proxy));
  if (names.length === 0) return fixed;
  let named = parseAddressRanges([]);
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    askedAtMs = now();
    const found = await Promise.all(names.map((name) => resolve(name).catch(() => [])));
    named = parseAddressRanges(found.flat());
    asking = null;
  }

  asking = ask();
  return {
    includes(address) {
      if (fixed.includes(address) || named.includes(address)) return true;
      if (now() - askedAtMs >= FRESH_MS) asking ??= ask();
      return false;
    },
  };
}

/** Where a request comes from, as the trusted proxies in front say. */
export function addressOf({ socket, headers }: IncomingMessage, proxies: AddressRanges): string {
  return clientAddress(socket.remoteAddress ?? '', [headers['x-forwarded-for'] ?? []].flat().join(','), proxies);
}
