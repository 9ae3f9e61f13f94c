import type { RequestListener, Server } from 'node:http';
import { type ConnectionLimits, createTransferServer } from '../transfer-server.ts';
import type { S3Door } from './door.ts';

const CLOSE_IDLE_PERIOD_MS = 100;

/**
 * Sends requests at or below one of `mounts` to S3 and all others to `fallback`. It decides on the raw request target, before any
 * router could decode, normalise or refuse it: signatures cover every byte.
 */
export function mountS3(door: S3Door, mounts: readonly string[], fallback: RequestListener): RequestListener {
  return (req, res) => {
    const url = req.url ?? '';
    const mount = mounts.find((path) => url.startsWith(path) && /^(?:$|[/?])/.test(url.slice(path.length)));
    if (mount === undefined) fallback(req, res);
    else void door(req, res, mount);
  };
}

export interface RootListener {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens for S3 at the root path, for tools that refuse a path in their endpoint. */
export async function openRootListener(
  door: S3Door,
  address: { readonly host: string; readonly port: number },
  limits?: ConnectionLimits,
): Promise<RootListener> {
  const server = createTransferServer((req, res) => void door(req, res, ''), limits);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  return {
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        closeIdleUntilClosed(server);
      }),
  };
}

/** Kept-alive connections must not hold up a server that is stopping: each is closed as soon as its request is answered. */
export function closeIdleUntilClosed(server: Server): void {
  const timer = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_PERIOD_MS);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}
