const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

export interface RequestHead {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Why a request is refused, or null. postgres-meta asks for no credentials and takes raw SQL, so a web page must not reach it:
 * no browser request (they carry an Origin), and on loopback no foreign Host (a name an attacker points at 127.0.0.1).
 */
export function refusal({ host, origin }: RequestHead, listenHost: string): string | null {
  if (origin !== undefined) return 'requests from browsers are not accepted';
  const listensOnLoopback = [...LOOPBACK, '::1'].includes(listenHost);
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (listensOnLoopback && !LOOPBACK.includes(name)) return 'unknown host';
  return null;
}
