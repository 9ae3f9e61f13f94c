import { webcrypto } from 'node:crypto';
import type { SessionClaims, SessionTokens } from '@supastor/core/access/session.port';
import { errors, jwtVerify, SignJWT } from 'jose';

const ISSUER = 'supastor-admin';
const ALGORITHM = 'HS256';

export interface SessionTokenOptions {
  /** At least 32 characters. */
  readonly secret: string;
  /** Id of this process; tokens carry it so that tokens from before a restart can be told apart. */
  readonly issuerId: string;
}

/** Session tokens as JWTs signed with HS256 (RFC 7519); only this issuer, audience and algorithm are accepted. */
export function createSessionTokens({ secret, issuerId }: SessionTokenOptions): SessionTokens {
  const key = webcrypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
  return {
    sign: async ({ sessionId, userId, expiresAtMs }) =>
      new SignJWT({ sid: sessionId, iid: issuerId })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(ISSUER)
        .setIssuedAt()
        .setExpirationTime(Math.floor(expiresAtMs / 1000))
        .sign(await key),
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, await key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: ISSUER,
          requiredClaims: ['exp', 'sub'],
        });
        return toClaims(payload);
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}

function toClaims(payload: Readonly<Record<string, unknown>>): SessionClaims | null {
  const { sub, sid, iid, exp } = payload;
  const complete = typeof sub === 'string' && typeof sid === 'string' && typeof iid === 'string' && typeof exp === 'number';
  return complete ? { sessionId: sid, userId: sub, issuerId: iid, expiresAtMs: exp * 1000 } : null;
}
