import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { TokenKey } from './key-set.ts';

/** Most keys that a single token without a key id makes us try. */
const MAX_ATTEMPTS = 16;

/**
 * Checks signature, `exp` and `nbf` of a compact JWT against keys of ours. Of the header only `alg` and `kid` are looked at: a key
 * or an address of keys inside the token is never used, and every critical extension is refused.
 * @throws JOSEError, or TypeError for what is no JWT
 */
export async function verifyToken(token: string, keys: readonly TokenKey[], nowMs: number): Promise<JWTPayload> {
  const { alg, kid, crit } = decodeProtectedHeader(token);
  if (crit !== undefined) throw new errors.JOSENotSupported('critical extensions are not supported');
  if (typeof alg !== 'string' || (kid !== undefined && typeof kid !== 'string')) throw new errors.JWSInvalid('Invalid Compact JWS');
  const candidates = selectKeys(keys, alg, kid);
  if (candidates.length === 0) throw new errors.JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  let failure: unknown;
  for (const { check } of candidates) {
    try {
      return (await jwtVerify(token, check, { algorithms: [alg], currentDate: new Date(nowMs) })).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** The keys of that id; else those without an id, which cannot be told apart by it. Only ones that fit the algorithm. */
function selectKeys(keys: readonly TokenKey[], alg: string, kid: string | undefined): readonly TokenKey[] {
  const fitting = keys.filter(({ algorithms }) => algorithms.includes(alg));
  if (kid === undefined) return fitting.slice(0, MAX_ATTEMPTS);
  const named = fitting.filter((key) => key.kid === kid);
  return (named.length > 0 ? named : fitting.filter((key) => key.kid === undefined)).slice(0, MAX_ATTEMPTS);
}
