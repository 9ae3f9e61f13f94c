import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { TokenKey } from './key-set.ts';

/** Most keys that a single token without a key id makes us try. */
const MAX_ATTEMPTS = 16;

/**
 * Checks signature, `exp` and `nbf` of a compact JWT against keys of ours. Of the header only `alg` and `kid` are looked at: a key
 * or an address of keys inside the token is never used, and extensions that change what is read are refused. There is one spelling of
 * a token: none with padding, blanks or unused bits that decoders overlook.
 * @throws JOSEError, or TypeError for what is no JWT
 */
export async function verifyToken(token: string, keys: readonly TokenKey[], nowMs: number): Promise<JWTPayload> {
  if (!token.split('.').every(isCanonical)) throw new errors.JWSInvalid('Invalid Compact JWS');
  const { alg, kid, crit, b64, zip } = decodeProtectedHeader(token);
  if ([crit, b64, zip].some((extension) => extension !== undefined)) throw new errors.JOSENotSupported('extensions are not supported');
  if (typeof alg !== 'string' || (kid !== undefined && typeof kid !== 'string')) throw new errors.JWSInvalid('Invalid Compact JWS');
  const candidates = selectKeys(keys, alg, kid);
  if (candidates.length === 0) throw new errors.JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  let failure: unknown;
  for (const { check } of candidates) {
    try {
      const { payload } = await jwtVerify(token, check, { algorithms: [alg], currentDate: new Date(nowMs) });
      if (payload.exp === Number.POSITIVE_INFINITY)
        throw new errors.JWTClaimValidationFailed('"exp" claim must be a number', payload, 'exp');
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      failure = error;
    }
  }
  throw failure;
}

function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

/** The keys of that id; else those without an id, which cannot be told apart by it. Only ones that fit the algorithm. */
function selectKeys(keys: readonly TokenKey[], alg: string, kid: string | undefined): readonly TokenKey[] {
  const fitting = keys.filter(({ algorithms }) => algorithms.includes(alg));
  if (kid === undefined) return fitting.slice(0, MAX_ATTEMPTS);
  const named = fitting.filter((key) => key.kid === kid);
  return (named.length > 0 ? named : fitting.filter((key) => key.kid === undefined)).slice(0, MAX_ATTEMPTS);
}
