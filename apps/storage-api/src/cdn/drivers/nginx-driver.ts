import { type CdnDriver, PurgeProblem, type PurgeTarget } from '../cdn-driver.port.ts';
import { sendOrder } from '../send-order.ts';

/** Not in the cache is as good as purged (404, 412), and so is that the object is gone (400), which is what takes its place there. */
const ABSENT = [400, 404, 412];

/**
 * Purges by address with the method PURGE, as NGINX Plus and ngx_cache_purge understand it, and any nginx with the lines of
 * docs/guides/cdn.md. Only the address that can be told from an object is reached: its public one. Pictures and links have queries; keep
 * them out of the cache, or short. Every cache must take the order.
 */
export function createNginxDriver(caches: readonly string[]): CdnDriver {
  return {
    maxTargets: 50,
    async purge(targets, signal) {
      for (const path of targets.map(pathOf)) {
        const order = { method: 'PURGE', headers: {}, fine: ABSENT };
        await Promise.all(caches.map((cache) => sendOrder(cache.replace(/\/+$/, '') + path, order, signal)));
      }
    },
  };
}

function pathOf({ bucket, key, transforms }: PurgeTarget): string {
  if (bucket === undefined || key === undefined || transforms) {
    throw new PurgeProblem('nginx purges single objects only', { mayPass: false });
  }
  const name = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  return `/storage/v1/object/public/${name}`;
}
