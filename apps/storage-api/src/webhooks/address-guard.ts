import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Networks that a public name has no business to lead to, see RFC 6890. */
const NETWORKS_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** Mapped and translated IPv4 among them: whoever means IPv4 can say so. */
const NETWORKS_V6 = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const;

/** Two lists: in one, the rule for mapped IPv4 would match every IPv4 address. */
const [internalV4, internalV6] = [new BlockList(), new BlockList()];
for (const [network, bits] of NETWORKS_V4) internalV4.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of NETWORKS_V6) internalV6.addSubnet(network, bits, 'ipv6');

/** Whether an address is not one of the public Internet. */
export function isInternalAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return family === 4 ? internalV4.check(address, 'ipv4') : internalV6.check(address, 'ipv6');
}

/** Refuses a URL whose host is an internal address written out; names are checked by {@link lookupPublic} once resolved. */
export function assertPublicHost({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isInternalAddress(host)) throw new Error('the address of the target is internal');
}

/** Resolves a name for a connection, which then goes to the very addresses that were checked. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) callback(error ?? new Error('the name of the target has no address'), []);
    else if (addresses.some(({ address }) => isInternalAddress(address))) callback(new Error('the address of the target is internal'), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
