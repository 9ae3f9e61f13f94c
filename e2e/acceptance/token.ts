import { createHmac } from 'node:crypto';

const HEADER = { alg: 'HS256', typ: 'JWT' };
const LIFE_SECONDS = 3600;

/** A JWT signed with the project's secret; `iat` and `exp` are added unless given. */
export function signToken(
  claims: Readonly<Record<string, unknown>>,
  secret: string,
  header: Readonly<Record<string, unknown>> = HEADER,
): string {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${encode(header)}.${encode({ iat: now, exp: now + LIFE_SECONDS, ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export interface DecodedToken {
  readonly header: string;
  /** JSON text, so that the order of claims can be looked at. */
  readonly payload: string;
}

export function decodeToken(token: string): DecodedToken {
  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
  return { header, payload };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
