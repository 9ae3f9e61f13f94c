import type { FastifyRequest } from 'fastify';
import type { Caller, TokenVerifier } from '../access/token-verifier.ts';
import { failures } from '../errors.ts';
import type { Scope } from '../metadata/scope.ts';

/** What a route asks of the caller's token: `required`, `optional` (an invalid one counts as none) or `none`. */
export type AuthNeed = 'required' | 'optional' | 'none';

declare module 'fastify' {
  interface FastifyContextConfig {
    auth?: AuthNeed;
    /** Name that policies see as `storage.operation`. */
    operation?: string;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** Reads and checks the token before a body is read. */
export async function authenticate(request: FastifyRequest, verifier: TokenVerifier): Promise<void> {
  const need = request.routeOptions.config.auth ?? 'none';
  if (need === 'none') return;
  const header = tokenHeader(request);
  if (header === undefined) {
    if (need === 'required') throw failures.invalidRequest(`headers must have required property 'authorization'`);
    return;
  }
  try {
    request.caller = await verifier.verify(header.replace(/^Bearer\s+/i, ''));
  } catch (error) {
    if (need === 'required') throw error;
  }
}

/** A client may send the key it got as `apikey` alone; the token of a user wins over it. */
function tokenHeader({ headers }: FastifyRequest): string | undefined {
  if (headers.authorization !== undefined) return headers.authorization;
  return typeof headers['apikey'] === 'string' ? headers['apikey'] : undefined;
}

/** Scope of a request whose route requires a token. */
export function scopeOf(request: FastifyRequest): Scope {
  const scope = optionalScopeOf(request);
  if (scope === undefined) throw failures.invalidRequest(`headers must have required property 'authorization'`);
  return scope;
}

/** Scope of a request, if it carries a valid token. */
export function optionalScopeOf(request: FastifyRequest): Scope | undefined {
  const { caller } = request;
  if (caller === null) return undefined;
  return {
    role: caller.role,
    claims: caller.claims,
    subject: caller.subject,
    token: caller.token,
    headers: JSON.stringify(request.headers),
    method: request.method,
    path: pathOf(request),
    operation: operationOf(request),
  };
}

export function operationOf(request: FastifyRequest): string {
  return request.routeOptions.config.operation ?? '';
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
