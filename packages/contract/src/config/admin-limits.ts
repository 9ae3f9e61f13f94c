import { z } from 'zod';
import { field, integer } from './field.ts';

const rate = (fallback: number) => integer(0, 10_000_000).default(fallback);

/** How much of admin-api one client may use. */
export const adminLimitsSchema = z.strictObject({
  requestsPerIdentity: field(rate(120_000), {
    description: 'Operations that one user or API key may run in a minute, on all replicas together; 0: any number.',
    env: ['SUPASTOR_ADMIN_LIMIT_IDENTITY'],
  }),
  requestsPerAddress: field(rate(240_000), {
    description: 'Requests that one address (of IPv6: one /64 network) may send in a minute; 0: any number.',
    env: ['SUPASTOR_ADMIN_LIMIT_ADDRESS'],
  }),
  heavyPerIdentity: field(rate(1200), {
    description:
      'Runs a minute of each operation that reads much (search, usage, exports, verification) for one user or API key; 0: any number.',
    env: ['SUPASTOR_ADMIN_LIMIT_HEAVY'],
  }),
  signInsPerAddress: field(rate(120), {
    description: 'Sign-ins, refreshed sessions and links redeemed from one address in a minute; 0: any number. Failures lock out earlier.',
    env: ['SUPASTOR_ADMIN_LIMIT_SIGN_IN'],
  }),
  sockets: field(integer(1, 1_000_000).default(20_000), {
    description: 'Live connections of one process.',
    env: ['SUPASTOR_ADMIN_SOCKETS'],
  }),
  socketsPerIdentity: field(integer(1, 1_000_000).default(1000), {
    description: 'Live connections of one user or API key to one process.',
    env: ['SUPASTOR_ADMIN_SOCKETS_PER_IDENTITY'],
  }),
  socketsPerAddress: field(integer(1, 1_000_000).default(2000), {
    description: 'Live connections from one address to one process.',
    env: ['SUPASTOR_ADMIN_SOCKETS_PER_ADDRESS'],
  }),
});
