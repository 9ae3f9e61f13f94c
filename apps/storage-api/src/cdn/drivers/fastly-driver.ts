import { tagOf, tagsOf } from '../cache-tags.ts';
import type { CdnDriver } from '../cdn-driver.port.ts';
import { sendOrder } from '../send-order.ts';

export interface FastlySettings {
  /** https://api.fastly.com */
  readonly api: string;
  readonly service: string;
  /** API token with the scope purge_select. */
  readonly token: string;
}

/** Purges many surrogate keys at once: https://www.fastly.com/documentation/reference/api/purging/ */
export function createFastlyDriver({ api, service, token }: FastlySettings): CdnDriver {
  const url = `${api.replace(/\/+$/, '')}/service/${encodeURIComponent(service)}/purge`;
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'fastly-key': token };
  return {
    maxTargets: 256,
    async purge(targets, signal) {
      await sendOrder(url, { method: 'POST', headers, body: JSON.stringify({ surrogate_keys: [...new Set(targets.map(tagOf))] }) }, signal);
    },
    headersFor: (bucket, key, isTransform) => ({ 'surrogate-key': tagsOf(bucket, key, isTransform).join(' ') }),
  };
}
