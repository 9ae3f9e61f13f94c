import type { Config } from '@supastor/contract/config/schema';

/** What admin-api is told about limits and about who stands in front of it. */
export function limitsEnvironment({ limits, trustedProxies, corsOrigins, drainSeconds }: Config['admin']): Record<string, string> {
  return {
    SUPASTOR_ADMIN_TRUSTED_PROXIES: trustedProxies.join(','),
    SUPASTOR_ADMIN_CORS_ORIGINS: corsOrigins.join(','),
    SUPASTOR_ADMIN_DRAIN_SECONDS: String(drainSeconds),
    SUPASTOR_ADMIN_LIMIT_IDENTITY: String(limits.requestsPerIdentity),
    SUPASTOR_ADMIN_LIMIT_ADDRESS: String(limits.requestsPerAddress),
    SUPASTOR_ADMIN_LIMIT_HEAVY: String(limits.heavyPerIdentity),
    SUPASTOR_ADMIN_LIMIT_SIGN_IN: String(limits.signInsPerAddress),
    SUPASTOR_ADMIN_SOCKETS: String(limits.sockets),
    SUPASTOR_ADMIN_SOCKETS_PER_IDENTITY: String(limits.socketsPerIdentity),
    SUPASTOR_ADMIN_SOCKETS_PER_ADDRESS: String(limits.socketsPerAddress),
  };
}
