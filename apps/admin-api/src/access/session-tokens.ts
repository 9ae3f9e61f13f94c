import type { SessionClaims, SessionTokens } from '@supastor/core/access/session.port';
import type { Clock } from '@supastor/core/operations/ports';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { KeyRing } from './key-ring.ts';

const ISSUER = 'supastor-admin';
const ALGORITHM = 'EdDSA';
/** Tokens of other kinds are not taken, whoever signed them (RFC 9068). */
const TYPE = 'at+jwt';

export interface SessionTokenOptions {
  readonly keys: KeyRing;
  /** Id of this process; tokens carry it so that tokens from before a restart can be told apart. */
  readonly issuerId: string;
  readonly ttlSeconds: number;
  readonly clock: Clock;
}

/** Session tokens as short-lived JWTs (RFC 7519) signed with Ed25519; only this issuer, audience, type and algorithm are accepted. */
export function createSessionTokens({ keys, issuerId, ttlSeconds, clock }: SessionTokenOptions): SessionTokens {
  return {
    async sign({ sessionId, userId, strong, expiresAtMs }) {
      const { kid, key } = await keys.signing();
      const endsAt = Math.min(Math.floor(clock.now() / 1000) + ttlSeconds, Math.floor(expiresAtMs / 1000));
      const token = await new SignJWT({ sid: sessionId, iid: issuerId, sxp: Math.floor(expiresAtMs / 1000), str: strong })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(ISSUER)
        .setIssuedAt()
        .setExpirationTime(endsAt)
        .sign(key);
      return { token, tokenExpiresAtMs: endsAt * 1000 };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => requireKey(keys, kid), {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: ISSUER,
          typ: TYPE,
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

async function requireKey(keys: KeyRing, kid: string | undefined) {
  const key = kid === undefined ? undefined : await keys.verifying(kid);
  if (key) return key;
  throw new errors.JWKSNoMatchingKey();
}

function toClaims(payload: Readonly<Record<string, unknown>>): SessionClaims | null {
  const { sub, sid, iid, sxp, str } = payload;
  const complete = typeof sub === 'string' && typeof sid === 'string' && typeof iid === 'string' && typeof sxp === 'number';
  return complete ? { sessionId: sid, userId: sub, issuerId: iid, strong: str === true, expiresAtMs: sxp * 1000 } : null;
}
