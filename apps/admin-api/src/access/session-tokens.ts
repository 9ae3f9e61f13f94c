import { hash } from 'node:crypto';
import type { SessionClaims, SessionTokens } from '@supastor/core/access/session.port';
import type { Clock } from '@supastor/core/operations/ports';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { KeyRing } from './key-ring.ts';

const ISSUER = 'supastor-admin';
const ALGORITHM = 'EdDSA';
/** Tokens of other kinds are not taken, whoever signed them (RFC 9068). */
const TYPE = 'at+jwt';

/** Verified tokens that are remembered: checking a signature again costs more than all else about most requests. */
const MAX_REMEMBERED = 5000;

export interface SessionTokenOptions {
  readonly keys: KeyRing;
  /** Id of this process; tokens carry it so that tokens from before a restart can be told apart. */
  readonly issuerId: string;
  readonly ttlSeconds: number;
  readonly clock: Clock;
}

/** Session tokens as short-lived JWTs (RFC 7519) signed with Ed25519; only this issuer, audience, type and algorithm are accepted. */
export function createSessionTokens({ keys, issuerId, ttlSeconds, clock }: SessionTokenOptions): SessionTokens {
  const remembered = new Map<string, Verified>();

  /** What a token said when its signature was checked, while it and its key are good. */
  async function recall(digest: string): Promise<SessionClaims | null> {
    const known = remembered.get(digest);
    if (known === undefined) return null;
    if (known.endsAtMs > clock.now() && (await keys.verifying(known.kid)) !== undefined) return known.claims;
    remembered.delete(digest);
    return null;
  }

  function remember(digest: string, verified: Verified): void {
    const [oldest] = remembered.size >= MAX_REMEMBERED ? remembered.keys() : [];
    if (oldest !== undefined) remembered.delete(oldest);
    remembered.set(digest, verified);
  }

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
      const digest = hash('sha256', token, 'base64');
      const known = await recall(digest);
      if (known) return known;
      try {
        const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => requireKey(keys, kid), {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: ISSUER,
          typ: TYPE,
          requiredClaims: ['exp', 'sub'],
        });
        const claims = toClaims(payload);
        const { kid } = protectedHeader;
        if (claims && kid !== undefined && payload.exp !== undefined) remember(digest, { claims, kid, endsAtMs: payload.exp * 1000 });
        return claims;
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}

interface Verified {
  readonly claims: SessionClaims;
  readonly kid: string;
  readonly endsAtMs: number;
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
