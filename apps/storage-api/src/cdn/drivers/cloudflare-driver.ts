import { tagOf, tagsOf } from '../cache-tags.ts';
import { type CdnDriver, PurgeProblem } from '../cdn-driver.port.ts';
import { sendOrder } from '../send-order.ts';

export interface CloudflareSettings {
  /** https://api.cloudflare.com */
  readonly api: string;
  readonly zone: string;
  /** API token with Zone > Cache Purge > Purge. */
  readonly token: string;
}

/** Purges by tag: https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-tags/. So links and pictures with any query go too. */
export function createCloudflareDriver({ api, zone, token }: CloudflareSettings): CdnDriver {
  const url = `${api.replace(/\/+$/, '')}/client/v4/zones/${encodeURIComponent(zone)}/purge_cache`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return {
    maxTargets: 100,
    async purge(targets, signal) {
      const body = JSON.stringify({ tags: [...new Set(targets.map(tagOf))] });
      await sendOrder(url, { method: 'POST', headers, body, read: assertSuccess }, signal);
    },
    headersFor: (bucket, key, isTransform) => ({ 'cache-tag': tagsOf(bucket, key, isTransform).join(',') }),
  };
}

/** A refusal may come with status 200. */
function assertSuccess(answer: string): void {
  if (!isSuccess(answer)) throw new PurgeProblem('Cloudflare did not take the order', { mayPass: false });
}

function isSuccess(answer: string): boolean {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === 'object' && value !== null && 'success' in value && value.success === true;
  } catch {
    return false;
  }
}
