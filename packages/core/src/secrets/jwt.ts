import { createHmac, timingSafeEqual } from 'node:crypto';

export interface JwtClaims {
  readonly role?: string;
  readonly iss?: string;
  /** Seconds since 1970. */
  readonly iat?: number;
  /** Seconds since 1970. */
  readonly exp?: number;
}

/** Signs claims as a compact JWS with HS256 (RFC 7515, RFC 7518 section 3.2). */
export function signJwt(claims: JwtClaims, secret: string): string {
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${signature(body, secret).toString('base64url')}`;
}

/** Whether the token is a compact JWS with HS256 that this secret signed. Expiry is not looked at. */
export function isSignedBy(token: string, secret: string): boolean {
  const [header, payload, given, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || given === undefined || rest.length > 0) return false;
  if (decode(header)?.['alg'] !== 'HS256') return false;
  const expected = signature(`${header}.${payload}`, secret);
  const actual = Buffer.from(given, 'base64url');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** The claims of a token, unverified; null when it is no JWT. */
export function readClaims(token: string): JwtClaims | null {
  const claims = decode(token.split('.')[1] ?? '');
  if (claims === null) return null;
  const { role, iss, iat, exp } = claims;
  return {
    ...(typeof role === 'string' ? { role } : {}),
    ...(typeof iss === 'string' ? { iss } : {}),
    ...(typeof iat === 'number' ? { iat } : {}),
    ...(typeof exp === 'number' ? { exp } : {}),
  };
}

function signature(body: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : null;
  } catch {
    return null;
  }
}
