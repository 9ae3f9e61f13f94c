import { z } from 'zod';
import { field, flag, list, secret, url } from './field.ts';

/** The cache in front of storage, and how it is told what to forget. */
export const storageCdnSchema = z.strictObject({
  driver: field(z.enum(['endpoint', 'cloudflare', 'fastly', 'nginx', 'varnish']).default('endpoint'), {
    description: 'What the cache in front is. endpoint: a service with the orders of Supabase, off without `purgeUrl`.',
    env: ['SUPASTOR_CDN_DRIVER'],
  }),
  autoPurge: field(flag().optional(), {
    description: 'Purge objects that are written or deleted. Default: with every driver but endpoint.',
    env: ['SUPASTOR_CDN_AUTO_PURGE'],
  }),
  purgeUrl: field(url('https://purge.example.org').optional(), {
    description: 'endpoint: base URL of the service that purges. cloudflare, fastly: their API at another address.',
    env: ['CDN_PURGE_ENDPOINT_URL'],
  }),
  purgeKey: secret({ description: 'Token of the service, of Cloudflare or of Fastly.', env: ['CDN_PURGE_ENDPOINT_KEY'] }).optional(),
  zone: field(z.string().min(1, 'must not be empty').optional(), {
    description: 'Zone of Cloudflare, or service of Fastly.',
    env: ['SUPASTOR_CDN_ZONE'],
  }),
  caches: field(
    list()
      .refine((parts) => parts.every((part) => /^https?:/.test(part) && URL.canParse(part)), 'expected URLs such as http://cache:80')
      .default([]),
    { description: 'Every nginx or Varnish in front, as storage reaches it.', env: ['SUPASTOR_CDN_CACHES'] },
  ),
});
