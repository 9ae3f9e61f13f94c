import { SupastorError } from '@supastor/contract/errors';
import type { FastifyRequest } from 'fastify';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether the browser says that a page of this very origin sent the request.
 * `unknown`: neither Origin nor Sec-Fetch-Site is there, so it is no current browser, or one that was told to hide them.
 */
export function originOf(request: Pick<FastifyRequest, 'headers' | 'host'>): 'same' | 'foreign' | 'unknown' {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin') return 'foreign';
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === request.host ? 'same' : 'foreign';
  return site === 'same-origin' ? 'same' : 'unknown';
}

/** Refuses state-changing requests that a foreign page may have sent with our cookie. @throws SJ_FORBIDDEN */
export function refuseForgery(request: FastifyRequest, credential: 'cookie' | 'bearer' | 'none'): void {
  if (SAFE_METHODS.has(request.method)) return;
  const origin = originOf(request);
  if (origin === 'same' || (origin === 'unknown' && credential !== 'cookie')) return;
  throw new SupastorError('SJ_FORBIDDEN', 'The request does not come from a page of this server.', {
    hint: 'Scripts send `Authorization: Bearer <token>` instead of the cookie, and no Origin header.',
  });
}
