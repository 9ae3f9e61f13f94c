import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export interface GuardedFetchOptions {
  /** Lets targets be on this machine or in its private networks. */
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/** Fetches from addresses that others have named: not from inside, without redirects, within limits. */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<Response>;

/** Networks that a public name has no business to lead to (RFC 6890); mapped and translated IPv4 is among them. */
const INTERNAL_V4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`;
const INTERNAL_V6 =
  '::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 ff00::/8';
// Two lists: in one, the rule for mapped IPv4 would match every IPv4 address.
const [internalV4, internalV6] = [toBlockList(INTERNAL_V4, 'ipv4'), toBlockList(INTERNAL_V6, 'ipv6')];

export function createGuardedFetch({ allowPrivate, timeoutMs, maxBytes }: GuardedFetchOptions): GuardedFetch {
  return async (url, { method = 'GET', headers = {}, body, signal }) => {
    const target = new URL(url);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (!allowPrivate && target.protocol !== 'https:') throw new Error('the target is not reached over https');
    if (!allowPrivate && isIP(host) !== 0 && isInternalAddress(host)) throw internal();
    const timeout = AbortSignal.timeout(timeoutMs);
    const request = target.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise<Response>((resolve, reject) => {
      const call = request(target, {
        method,
        headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        agent: false,
        ...(allowPrivate ? {} : { lookup: lookupPublic }),
      });
      call.once('error', reject);
      call.once('response', (response) => {
        const chunks: Buffer[] = [];
        let received = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          received += chunk.length;
          if (received > maxBytes) response.destroy(new Error('the answer is too long'));
        });
        response.once('error', reject);
        response.once('end', () => {
          const { statusCode: status = 500 } = response;
          const known = Object.entries(response.headers).flatMap(([name, value]) =>
            typeof value === 'string' ? [[name, value] satisfies [string, string]] : [],
          );
          const content = status === 204 || status === 304 || status < 200 ? null : Buffer.concat(chunks);
          resolve(new Response(content, { status: Math.max(200, status), headers: known }));
        });
      });
      call.end(body);
    });
  };
}

/** Whether an address is not one of the public Internet. */
function isInternalAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return family === 4 ? internalV4.check(address, 'ipv4') : internalV6.check(address, 'ipv6');
}

/** Resolves a name for a connection, which then goes to the very addresses that were checked. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) callback(error ?? new Error('the name of the target has no address'), []);
    else if (addresses.some(({ address }) => isInternalAddress(address))) callback(internal(), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function internal(): Error {
  return new Error('the address of the target is internal');
}

function toBlockList(networks: string, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks.split(/\s+/)) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
