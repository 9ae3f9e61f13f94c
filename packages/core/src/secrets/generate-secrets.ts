import { signJwt, readClaims, isSignedBy } from './jwt.ts';

/** A source of randomness that is fit for secrets. */
export type RandomBytes = (count: number) => Uint8Array;

export interface GenerateOptions {
  readonly random: RandomBytes;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Values that exist already, by the name `init` writes them under; they are never replaced. */
  readonly existing: Readonly<Record<string, string | undefined>>;
}

/** `JWT_SECRET` and the like. */
export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

const KEY_LIFETIME_SECONDS = 10 * 365 * 24 * 3600;
/** Upper-case, lower-case letters and digits without those that look alike; safe in URLs, shells and environment files. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

/** The secrets that are missing, freshly made, in the order they are written. Keys are signed with the JWT secret that will be in force. */
export function generateMissingSecrets({ random, nowMs, existing }: GenerateOptions): readonly NamedSecret[] {
  const jwtSecret = existing['JWT_SECRET'] || randomText(random, 48);
  const iat = Math.floor(nowMs / 1000);
  const key = (role: string) => signJwt({ iss: 'supabase', role, iat, exp: iat + KEY_LIFETIME_SECONDS }, jwtSecret);
  const makers: Readonly<Record<string, () => string>> = {
    POSTGRES_PASSWORD: () => randomText(random, 32),
    SUPASTOR_POSTGRES_STORAGE_PASSWORD: () => randomText(random, 32),
    JWT_SECRET: () => jwtSecret,
    ANON_KEY: () => key('anon'),
    SERVICE_ROLE_KEY: () => key('service_role'),
    S3_PROTOCOL_ACCESS_KEY_ID: () => randomHex(random, 16),
    S3_PROTOCOL_ACCESS_KEY_SECRET: () => randomHex(random, 32),
    CRYPTO_KEY: () => randomText(random, 32),
    SUPASTOR_ADMIN_PASSWORD: () => randomText(random, 20),
    SUPASTOR_ADMIN_SESSION_SECRET: () => randomText(random, 48),
    SUPASTOR_MONITORING_SCRAPE_TOKEN: () => randomText(random, 32),
    SUPASTOR_GRAFANA_PASSWORD: () => randomText(random, 20),
  };
  return Object.entries(makers)
    .filter(([name]) => (existing[name] ?? '') === '')
    .map(([name, make]) => ({ name, value: make() }));
}

/** Problems of the two API keys, as sentences; empty when both fit the secret and are in force. */
export function checkApiKeys(
  keys: { readonly jwtSecret: string; readonly anonKey?: string | undefined; readonly serviceRoleKey?: string | undefined },
  nowMs: number,
): readonly string[] {
  const check = (name: string, role: string, token: string | undefined): readonly string[] => {
    if (token === undefined) return [];
    const claims = readClaims(token);
    if (claims === null) return [`${name} is not a JWT`];
    const now = nowMs / 1000;
    const problems: string[] = [];
    if (!isSignedBy(token, keys.jwtSecret)) problems.push(`${name} was not signed with JWT_SECRET`);
    if (claims.role !== role) problems.push(`${name} names the role "${claims.role ?? ''}" instead of "${role}"`);
    if (claims.exp !== undefined && claims.exp <= now) problems.push(`${name} has expired`);
    return problems;
  };
  return [...check('ANON_KEY', 'anon', keys.anonKey), ...check('SERVICE_ROLE_KEY', 'service_role', keys.serviceRoleKey)];
}

/** A text of `length` characters, each equally likely. */
export function randomText(random: RandomBytes, length: number): string {
  let text = '';
  const limit = 256 - (256 % ALPHABET.length);
  while (text.length < length) {
    for (const byte of random(length - text.length)) if (byte < limit) text += ALPHABET[byte % ALPHABET.length] ?? '';
  }
  return text;
}

function randomHex(random: RandomBytes, bytes: number): string {
  return Buffer.from(random(bytes)).toString('hex');
}
