import type { CdnDriver } from './cdn-driver.port.ts';
import { type CloudflareSettings, createCloudflareDriver } from './drivers/cloudflare-driver.ts';
import { createEndpointDriver, type EndpointSettings } from './drivers/endpoint-driver.ts';
import { createFastlyDriver, type FastlySettings } from './drivers/fastly-driver.ts';
import { createNginxDriver } from './drivers/nginx-driver.ts';
import { createVarnishDriver } from './drivers/varnish-driver.ts';

interface CacheSettings {
  /** Base URLs of the caches. */
  readonly caches: readonly string[];
}

export type CdnDriverSettings =
  | (EndpointSettings & { readonly driver?: 'endpoint' })
  | (CloudflareSettings & { readonly driver: 'cloudflare' })
  | (FastlySettings & { readonly driver: 'fastly' })
  | (CacheSettings & { readonly driver: 'nginx' | 'varnish' });

export function createCdnDriver(settings: CdnDriverSettings): CdnDriver {
  switch (settings.driver) {
    case 'cloudflare':
      return createCloudflareDriver(settings);
    case 'fastly':
      return createFastlyDriver(settings);
    case 'nginx':
      return createNginxDriver(settings.caches);
    case 'varnish':
      return createVarnishDriver(settings.caches);
    default:
      return createEndpointDriver(settings);
  }
}
