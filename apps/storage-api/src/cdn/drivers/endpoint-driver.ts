import type { CdnDriver, PurgeTarget } from '../cdn-driver.port.ts';
import { sendOrder } from '../send-order.ts';

export interface EndpointSettings {
  /** Base URL of the service that purges; `/purge` is added to its path. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`; null sends none. */
  readonly bearer: string | null;
  /** What the service knows this project by. */
  readonly tenantId: string;
}

/** A service that purges, told in the words of the original. */
export function createEndpointDriver({ url, bearer, tenantId }: EndpointSettings): CdnDriver {
  const endpoint = purgeEndpoint(url);
  const headers = { 'content-type': 'application/json', ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) };
  return {
    maxTargets: 1,
    async purge(targets, signal) {
      for (const target of targets)
        await sendOrder(endpoint, { method: 'POST', headers, body: JSON.stringify(describe(target, tenantId)) }, signal);
    },
  };
}

function purgeEndpoint(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/purge`;
  url.search = '';
  url.hash = '';
  return url.toString();
}

function describe({ bucket, key, transforms }: PurgeTarget, tenantId: string) {
  const suffix = transforms ? '-transforms' : '';
  const tenant = { ref: tenantId };
  if (bucket === undefined) return { type: `tenant${suffix}`, tenant };
  if (key === undefined) return { type: `bucket${suffix}`, tenant, bucketId: bucket };
  return { type: `object${suffix}`, tenant, bucketId: bucket, objectName: key };
}
