import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';

export const SESSION_COOKIE = 'supastor_session';

/** Attributes of the session cookie: unreadable for scripts, never sent across sites, only to the API. */
export function sessionCookieOptions(request: Pick<FastifyRequest, 'protocol'>): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'strict', path: '/api', secure: request.protocol === 'https' };
}

export const REFRESH_COOKIE = 'supastor_refresh';

/** The refresh token goes to where it is used only. */
export function refreshCookieOptions(request: Pick<FastifyRequest, 'protocol'>): CookieSerializeOptions {
  return { ...sessionCookieOptions(request), path: '/api/v1/session/refresh' };
}

export interface Credential {
  readonly kind: 'cookie' | 'bearer' | 'none';
  readonly token: string | null;
}

/** The session token of a request. A bearer token wins over the cookie. */
export function credentialOf(request: Pick<FastifyRequest, 'headers' | 'cookies'>): Credential {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return { kind: 'bearer', token: bearer };
  const cookie = request.cookies[SESSION_COOKIE];
  return cookie ? { kind: 'cookie', token: cookie } : { kind: 'none', token: null };
}
