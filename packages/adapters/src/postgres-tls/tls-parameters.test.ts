import { describe, expect, test } from 'vitest';
import { connectionOptions } from './connection-options.ts';
import { splitTls } from './tls-parameters.ts';
import { withTlsDefaults } from './url-defaults.ts';

const BASE = 'postgresql://me:pa%2Fss@db.example.com:5432/files';

describe('splitTls', () => {
  test.each([
    ['', 'disable', ''],
    ['?application_name=x', 'disable', '?application_name=x'],
    ['?ssl=true', 'verify-full', ''],
    ['?ssl=no-verify', 'require', ''],
    ['?sslmode=no-verify&options=-c%20a%3Db', 'require', '?options=-c+a%3Db'],
    ['?sslmode=require', 'require', ''],
    ['?sslmode=require&uselibpqcompat=true&sslrootcert=/ca.pem', 'verify-ca', ''],
    ['?sslrootcert=/ca.pem', 'verify-full', ''],
    ['?sslrootcert=system&sslmode=verify-full', 'verify-full', ''],
  ])('%s is %s', (query, mode, rest) => {
    expect([splitTls(BASE + query).tls.mode, splitTls(BASE + query).connectionString]).toEqual([mode, BASE + rest]);
  });

  test.each([
    ['?sslmode=allow', /sslmode of the connection to Postgres: there is no mode "allow"/],
    ['?sslmode=verify-ca', /sslmode .* needs the certificate of the authority/],
    ['?sslmode=require&sslcert=/c.pem', /sslkey .* belong together/],
    ['?sslmode=require&sslkey=/c.key', /sslcert .* belong together/],
  ])('%s is refused', (query, message) => {
    expect(() => splitTls(BASE + query)).toThrow(message);
  });
});

describe('connectionOptions', () => {
  test('names the parameter whose file is missing or is no certificate', () => {
    expect(() => connectionOptions(`${BASE}?sslrootcert=/no/such.pem`)).toThrow(
      'sslrootcert of the connection to Postgres names /no/such.pem: there is no such file',
    );
    expect(() => connectionOptions(`${BASE}?sslrootcert=/etc/hostname`)).toThrow(/sslrootcert .* no PEM in it/);
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    expect(() => connectionOptions(`${BASE}?sslrootcert=${encodeURIComponent(broken)}`)).toThrow('cannot be used');
  });
});

describe('withTlsDefaults', () => {
  const env = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/ca file.pem' };

  test('adds what the connection string does not say', () => {
    expect(withTlsDefaults(BASE, {})).toBe(BASE);
    expect(withTlsDefaults(BASE, env)).toBe(`${BASE}?sslmode=verify-full&sslrootcert=%2Fca%20file.pem`);
    expect(withTlsDefaults(`${BASE}?sslmode=verify-ca`, env)).toBe(`${BASE}?sslmode=verify-ca&sslrootcert=%2Fca%20file.pem`);
    expect(withTlsDefaults(BASE, { ...env, DATABASE_SSL_ROOT_CERT: 'text' })).toBe(`${BASE}?sslmode=verify-full&sslrootcert=text`);
  });

  test('leaves alone what is without TLS on purpose', () => {
    expect(withTlsDefaults(`${BASE}?sslmode=disable`, env)).toBe(`${BASE}?sslmode=disable`);
  });
});
