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

/**
 * Reads and checks the token before a body is read; undefined when there is nothing to wait for, as with a token that is known.
 * @throws ProtocolError InvalidRequest, and as the rejection AccessDenied
 */
export function authenticate(request: FastifyRequest, verifier: TokenVerifier): Promise<void> | undefined {
  const need = request.routeOptions.config.auth ?? 'none';
  if (need === 'none') return undefined;
  const header = tokenHeader(request);
  if (header === undefined) {
    if (need === 'required') throw failures.invalidRequest(`headers must have required property 'authorization'`);
    return undefined;
  }
  const token = header.replace(/^Bearer\s+/i, '');
  request.caller = verifier.known(token);
  return request.caller === null ? check(request, token, verifier, need) : undefined;
}

async function check(request: FastifyRequest, token: string, verifier: TokenVerifier, need: AuthNeed): Promise<void> {
  try {
    request.caller = await verifier.verify(token);
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
    // Only policies look at them.
    get headers() {
      return JSON.stringify(request.headers);
    },
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
