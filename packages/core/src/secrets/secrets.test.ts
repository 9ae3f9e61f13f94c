import { randomBytes } from 'node:crypto';
import { configSchema } from '@supastor/contract/config/schema';
import { describe, expect, test } from 'vitest';
import { checkApiKeys, generateMissingSecrets, randomText } from './generate-secrets.ts';
import { isSignedBy, readClaims, signJwt } from './jwt.ts';
import { isKnownDefault } from './known-defaults.ts';
import { requireSecrets } from './require-secrets.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const generate = (existing: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(generateMissingSecrets({ random: randomBytes, nowMs: NOW_MS, existing }).map(({ name, value }) => [name, value]));

describe('signJwt', () => {
  test('makes the token that RFC 7515 describes', () => {
    const token = signJwt({ role: 'anon' }, 'secret');
    expect(
      token
        .split('.')
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())),
    ).toEqual([{ alg: 'HS256', typ: 'JWT' }, { role: 'anon' }]);
    expect(isSignedBy(token, 'secret')).toBe(true);
    expect(isSignedBy(token, 'other')).toBe(false);
    expect(isSignedBy(`${token}x`, 'secret')).toBe(false);
  });

  test('a token that says it is not signed is not signed', () => {
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(isSignedBy(`${header}.e30.`, '')).toBe(false);
    expect(isSignedBy('nonsense', 'secret')).toBe(false);
    expect(readClaims('nonsense')).toBeNull();
  });
});

describe('generateMissingSecrets', () => {
  test('makes every secret, strong and different each time', () => {
    const first = generate();
    const second = generate();
    expect(first['JWT_SECRET']).toMatch(/^[A-Za-z0-9]{40,}$/);
    expect(first['S3_PROTOCOL_ACCESS_KEY_ID']).toMatch(/^[0-9a-f]{32}$/);
    expect(first['S3_PROTOCOL_ACCESS_KEY_SECRET']).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(first)).toHaveLength(12);
    expect(Object.keys(first).filter((name) => first[name] === second[name])).toEqual([]);
  });

  test('the keys are JWTs of their role, in force for ten years', () => {
    const secrets = generate();
    expect(readClaims(secrets['ANON_KEY'] ?? '')).toEqual({
      iss: 'supabase',
      role: 'anon',
      iat: NOW_MS / 1000,
      exp: NOW_MS / 1000 + 10 * 365 * 24 * 3600,
    });
    expect(readClaims(secrets['SERVICE_ROLE_KEY'] ?? '')?.role).toBe('service_role');
  });

  test('what exists is kept, and new keys are signed with the existing secret', () => {
    const secrets = generate({ JWT_SECRET: 'x'.repeat(40), POSTGRES_PASSWORD: 'kept' });
    expect(Object.keys(secrets)).not.toContain('JWT_SECRET');
    expect(Object.keys(secrets)).not.toContain('POSTGRES_PASSWORD');
    expect(isSignedBy(secrets['ANON_KEY'] ?? '', 'x'.repeat(40))).toBe(true);
  });

  test('random text uses its alphabet evenly', () => {
    const counts = new Map<string, number>();
    for (const char of randomText(randomBytes, 56_000)) counts.set(char, (counts.get(char) ?? 0) + 1);
    expect(counts.size).toBe(56);
    expect(Math.min(...counts.values())).toBeGreaterThan(700);
    expect(Math.max(...counts.values())).toBeLessThan(1300);
  });
});

describe('checkApiKeys', () => {
  const jwtSecret = 's'.repeat(40);
  const key = (role: string, exp: number) => signJwt({ role, exp }, jwtSecret);
  const later = NOW_MS / 1000 + 1000;

  test('good keys have no problems', () => {
    expect(checkApiKeys({ jwtSecret, anonKey: key('anon', later), serviceRoleKey: key('service_role', later) }, NOW_MS)).toEqual([]);
  });

  test('each kind of bad key is named', () => {
    expect(checkApiKeys({ jwtSecret, anonKey: key('service_role', 1), serviceRoleKey: 'garbage' }, NOW_MS)).toEqual([
      'ANON_KEY names the role "service_role" instead of "anon"',
      'ANON_KEY has expired',
      'SERVICE_ROLE_KEY is not a JWT',
    ]);
    expect(checkApiKeys({ jwtSecret: 'other', anonKey: key('anon', later) }, NOW_MS)).toEqual(['ANON_KEY was not signed with JWT_SECRET']);
  });
});

describe('isKnownDefault', () => {
  test.each([
    'postgres',
    'Password',
    'your-super-secret-jwt-token-with-at-least-32-characters-long',
    'your-super-secret-and-long-postgres-password',
    'SAMPLE_KEY',
    '<replace this>',
    'change-me-please',
    signJwt({ iss: 'supabase-demo', role: 'anon' }, 'super-secret-jwt-token-with-at-least-32-characters-long'),
  ])('knows %s', (value) => {
    expect(isKnownDefault(value)).toBe(true);
  });

  test('does not know what was generated', () => {
    expect(Object.values(generate()).filter(isKnownDefault)).toEqual([]);
  });
});

const completeConfig = (mode: 'dev' | 'prod', password: string) => {
  const secrets = generate();
  return configSchema.parse({
    project: { mode },
    postgres: { password, storagePassword: secrets['SUPASTOR_POSTGRES_STORAGE_PASSWORD'] },
    meta: { cryptoKey: secrets['CRYPTO_KEY'] },
    admin: { password: secrets['SUPASTOR_ADMIN_PASSWORD'], sessionSecret: secrets['SUPASTOR_ADMIN_SESSION_SECRET'] },
    auth: {
      jwtSecret: secrets['JWT_SECRET'],
      anonKey: secrets['ANON_KEY'],
      serviceRoleKey: secrets['SERVICE_ROLE_KEY'],
      s3AccessKeyId: secrets['S3_PROTOCOL_ACCESS_KEY_ID'],
      s3AccessKeySecret: secrets['S3_PROTOCOL_ACCESS_KEY_SECRET'],
    },
  });
};

describe('requireSecrets', () => {
  test('names every secret that is missing', () => {
    expect(() => requireSecrets(configSchema.parse({}))).toThrow(/POSTGRES_PASSWORD .*JWT_SECRET .*SUPASTOR_ADMIN_SESSION_SECRET/);
  });

  test('refuses a publicly known one in prod only', () => {
    expect(() => requireSecrets(completeConfig('prod', 'postgres'))).toThrow(expect.objectContaining({ code: 'SJ_SECRETS_MISSING' }));
    expect(requireSecrets(completeConfig('dev', 'postgres')).postgresPassword.reveal()).toBe('postgres');
  });
});
