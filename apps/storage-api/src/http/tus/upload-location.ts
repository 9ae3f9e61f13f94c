import type { IncomingHttpHeaders } from 'node:http';

export interface LocationRequest {
  readonly headers: IncomingHttpHeaders;
  /** Path as the client asked for it, with `/storage/v1` when it was there. */
  readonly originalPath: string;
  readonly isEncrypted: boolean;
  /** Base URL that clients use, without `/storage/v1`; wins over everything a request says. */
  readonly publicUrl: string | undefined;
}

const MOUNT = '/storage/v1';
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const PREFIX = /^(?:\/[\w.~-]+)+\/?$/;
const DEFAULT_PORTS: readonly string[] = ['80', '443'];

/**
 * URL under which the client reaches an upload: through the proxies that say who they are in `X-Forwarded-*` or
 * `Forwarded`, or at the configured public URL. A path alone when nobody named a usable host.
 */
export function uploadLocation(request: LocationRequest, route: string, id: string): string {
  const { headers, originalPath, isEncrypted, publicUrl } = request;
  const mount = originalPath.startsWith(`${MOUNT}/`) ? MOUNT : '';
  if (publicUrl !== undefined) {
    const base = publicUrl.replace(/\/+$/, '');
    return `${base.endsWith(MOUNT) ? base : base + MOUNT}${route}/${id}`;
  }
  const path = `${forwardedPrefix(headers, originalPath)}${mount}${route}/${id}`;
  const host = hostOf(headers);
  return host === undefined ? path : `${schemeOf(headers, isEncrypted)}://${host}${path}`;
}

function schemeOf(headers: IncomingHttpHeaders, isEncrypted: boolean): string {
  const named = forwardedField(headers, 'proto') ?? first(headers['x-forwarded-proto']);
  if (named === 'http' || named === 'https') return named;
  return isEncrypted ? 'https' : 'http';
}

function hostOf(headers: IncomingHttpHeaders): string | undefined {
  const forwarded = forwardedField(headers, 'host') ?? first(headers['x-forwarded-host']);
  if (forwarded === undefined || !HOST.test(forwarded))
    return headers.host !== undefined && HOST.test(headers.host) ? headers.host : undefined;
  const port = first(headers['x-forwarded-port']);
  if (port === undefined || !/^\d{1,5}$/.test(port) || DEFAULT_PORTS.includes(port)) return forwarded;
  return `${forwarded.replace(/:\d+$/, '')}:${port}`;
}

/** What a proxy cut off the path before it passed the request on; nothing when it is still there. */
function forwardedPrefix(headers: IncomingHttpHeaders, originalPath: string): string {
  const prefix = first(headers['x-forwarded-prefix'])?.replace(/\/+$/, '');
  if (prefix === undefined || !PREFIX.test(prefix)) return '';
  return originalPath.startsWith(`${prefix}/`) ? '' : prefix;
}

function forwardedField(headers: IncomingHttpHeaders, name: string): string | undefined {
  const match = new RegExp(`(?:^|[;\\s])${name}=(?:"([^"]+)"|([^;,\\s]+))`, 'i').exec(first(headers.forwarded) ?? '');
  return match?.[1] ?? match?.[2];
}

/** The first of a list, which is what the client's own proxy said. */
function first(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  const value = text?.split(',', 1)[0]?.trim();
  return value === '' ? undefined : value;
}
