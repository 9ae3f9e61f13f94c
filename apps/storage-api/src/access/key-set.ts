import { createHmac, createPrivateKey, createPublicKey, createSecretKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';

export const HMAC_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;
export type HmacAlgorithm = (typeof HMAC_ALGORITHMS)[number];

/** A key and what it may be used for. */
export interface TokenKey {
  readonly kid: string | undefined;
  /** Never more than the key's own type allows, whatever a token says. */
  readonly algorithms: readonly string[];
  /** Secret or public key. */
  readonly check: KeyObject;
  /** Secret or private key, when we have it. */
  readonly sign: KeyObject | undefined;
}

/** Keys of a JWKS. */
export interface Jwks {
  readonly keys: readonly TokenKey[];
  /** Signs links instead of the JWT secret. */
  readonly urlSigningKey: TokenKey | undefined;
}

const MAX_KEYS = 32;
const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2048;
const CURVES: ReadonlyMap<string, readonly string[]> = new Map([
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
  ['Ed25519', ['EdDSA']],
]);
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512'];

const jwkSchema = z.looseObject({
  kty: z.string(),
  kid: z.string().min(1).optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  crv: z.string().optional(),
  k: z.string().optional(),
  d: z.string().optional(),
});
type Jwk = z.infer<typeof jwkSchema>;

const jwksSchema = z.looseObject({ keys: z.array(jwkSchema).max(MAX_KEYS), urlSigningKey: jwkSchema.optional() });

/**
 * Keys from the JSON of a JWKS (RFC 7517), as upstream's `JWT_JWKS` has it. Keys that are not for signatures, or of a type we do not
 * know, are left out; a key that is damaged or too weak is an error.
 * @throws Error that says which key is wrong and why, without its content
 */
export function parseJwks(text: string): Jwks {
  const parsed = jwksSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`expected {"keys":[...]}: ${parsed.error.issues.map(describeIssue).join('; ')}`);
  const { keys, urlSigningKey } = parsed.data;
  const link = urlSigningKey === undefined ? undefined : importKey(urlSigningKey, 'urlSigningKey');
  if (urlSigningKey !== undefined && link?.sign === undefined) throw new Error('urlSigningKey must be a secret or private key');
  return { keys: keys.flatMap((key, index) => importKey(key, `keys[${index}]`) ?? []), urlSigningKey: link };
}

/** The key that a plain secret is. */
export function secretKey(secret: string, algorithm: HmacAlgorithm): TokenKey {
  const key = createSecretKey(Buffer.from(secret));
  return { kid: undefined, algorithms: [algorithm], check: key, sign: key };
}

/** Signature of `text` in base64url. */
export function signWith(key: KeyObject, algorithm: string, text: string): string {
  const digest = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('HS')) return createHmac(digest, key).update(text).digest('base64url');
  const data = Buffer.from(text);
  if (algorithm === 'EdDSA') return sign(null, data, key).toString('base64url');
  return sign(digest, data, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function importKey(jwk: Jwk, where: string): TokenKey | undefined {
  const allowed = algorithmsOf(jwk);
  if (allowed === undefined || (jwk.use !== undefined && jwk.use !== 'sig')) return undefined;
  const algorithms = jwk.alg === undefined ? allowed : allowed.filter((algorithm) => algorithm === jwk.alg);
  if (algorithms.length === 0) throw new Error(`${where}: its alg does not fit its type`);
  const pair = jwk.kty === 'oct' ? importSecret(jwk, where) : importPair(jwk, where);
  return { kid: jwk.kid, algorithms, ...pair };
}

function algorithmsOf({ kty, crv = '' }: Jwk): readonly string[] | undefined {
  if (kty === 'oct') return HMAC_ALGORITHMS;
  if (kty === 'RSA') return RSA_ALGORITHMS;
  const algorithms = CURVES.get(crv);
  const fits = kty === (crv.startsWith('P-') ? 'EC' : 'OKP');
  return fits ? algorithms : undefined;
}

function importSecret({ k = '' }: Jwk, where: string): Pick<TokenKey, 'check' | 'sign'> {
  const bytes = Buffer.from(k, 'base64url');
  if (bytes.length < MIN_SECRET_BYTES) throw new Error(`${where}: a secret needs at least ${MIN_SECRET_BYTES} bytes`);
  const key = createSecretKey(bytes);
  return { check: key, sign: key };
}

function importPair(jwk: Jwk, where: string): Pick<TokenKey, 'check' | 'sign'> {
  try {
    const key: JsonWebKey = jwk;
    const secret = jwk.d === undefined ? undefined : createPrivateKey({ key, format: 'jwk' });
    const check = createPublicKey(secret ?? { key, format: 'jwk' });
    const bits = check.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < MIN_RSA_BITS) throw new Error(`an RSA key needs at least ${MIN_RSA_BITS} bits`);
    return { check, sign: secret };
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : 'not a key'}`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    throw new Error('expected JSON');
  }
}

function describeIssue({ path, message }: { path: PropertyKey[]; message: string }): string {
  return `${path.join('.')} ${message}`.trim();
}
