import { tagOf, tagsOf } from '../cache-tags.ts';
import type { CdnDriver } from '../cdn-driver.port.ts';
import { sendOrder } from '../send-order.ts';

/** Bans by tag; docs/guides/cdn.md has the VCL that understands it. Every cache must take the order. */
export function createVarnishDriver(caches: readonly string[]): CdnDriver {
  return {
    maxTargets: 50,
    async purge(targets, signal) {
      for (const tag of new Set(targets.map(tagOf))) {
        await Promise.all(caches.map((cache) => sendOrder(cache, { method: 'BAN', headers: { 'x-supastor-tag': tag } }, signal)));
      }
    },
    headersFor: (bucket, key, isTransform) => ({ 'surrogate-key': tagsOf(bucket, key, isTransform).join(' ') }),
  };
}
