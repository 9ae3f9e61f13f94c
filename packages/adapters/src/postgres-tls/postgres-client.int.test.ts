import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { type Certificate, createTestAuthority, LACKS_OPENSSL, type TestAuthority } from '@supastor/testkit/harness/certificates';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresClient, settlePreference } from './postgres-client.ts';

let authority: TestAuthority;
let stranger: TestAuthority;
let client: Certificate;
/** Its certificate is for localhost alone. */
let secured: TempPostgres;
let plain: TempPostgres;
/** Takes TLS only, and from database `locked` only certificates. */
let strict: TempPostgres;

const HBA = `hostnossl all all all reject
hostssl locked all all cert
hostssl all all all trust
`;

const at = (server: TempPostgres, params: Record<string, string>, host = 'localhost') =>
  `postgresql://postgres@${host}:${server.port}/postgres?${new URLSearchParams(params).toString()}`;

/** Whether the connection is encrypted, as the server sees it. */
async function connect(url: string): Promise<boolean | undefined> {
  const fresh = new PostgresClient({ connectionString: url, connectionTimeoutMillis: 20_000 });
  fresh.on('error', () => undefined);
  try {
    await fresh.connect();
    const { rows } = await fresh.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    return rows[0]?.ssl;
  } finally {
    await fresh.end().catch(() => undefined);
  }
}

async function failure(url: string): Promise<{ code: string; message: string; hint: string | undefined }> {
  const error: unknown = await connect(url).then(
    () => new Error('it connected'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SupastorError)) throw error;
  return { code: error.code, message: error.message, hint: error.hint };
}

describe.skipIf(LACKS_OPENSSL !== null)('TLS to Postgres', () => {
  beforeAll(async () => {
    [authority, stranger] = await Promise.all([createTestAuthority(), createTestAuthority()]);
    const server = await authority.issue('localhost', ['DNS:localhost']);
    client = await authority.issue('postgres');
    secured = await startTempPostgres({ tls: server });
    plain = await startTempPostgres();
    strict = await startTempPostgres({ tls: { ...server, clientCa: authority.ca }, hba: HBA });
  }, 120_000);
  afterAll(async () => {
    for (const started of [secured, plain, strict]) await started?.stop();
    for (const made of [authority, stranger]) await made?.remove();
  });

  test.each([
    [{}, false],
    [{ sslmode: 'disable' }, false],
    [{ sslmode: 'prefer' }, true],
    [{ sslmode: 'require' }, true],
    [{ sslmode: 'no-verify' }, true],
  ])('without a CA, %j means encrypted: %s', async (params, encrypted) => {
    expect(await connect(at(secured, params))).toBe(encrypted);
  });

  test('prefer takes what there is', async () => {
    expect(await connect(at(plain, { sslmode: 'prefer' }))).toBe(false);
    expect(await settlePreference(at(plain, { sslmode: 'prefer' }))).toBe(at(plain, { sslmode: 'disable' }));
    expect(await settlePreference(at(secured, { sslmode: 'prefer' }))).toBe(at(secured, { sslmode: 'require' }));
    expect(await connect(at(strict, { sslmode: 'prefer' }))).toBe(true);
  });

  test.each(['require', 'verify-ca', 'verify-full', undefined])('a CA that has issued the certificate is enough for %s', async (mode) => {
    const params = { sslrootcert: authority.caFile, ...(mode && { sslmode: mode }) };
    expect(await connect(at(secured, params))).toBe(true);
    expect(await connect(at(secured, { ...params, sslrootcert: authority.ca }))).toBe(true);
  });

  test.each(['require', 'verify-ca', 'verify-full', undefined])('with another CA, %s refuses it and says which setting', async (mode) => {
    expect(await failure(at(secured, { sslrootcert: stranger.caFile, ...(mode && { sslmode: mode }) }))).toEqual({
      code: 'SJ_DATABASE_UNREACHABLE',
      message: expect.stringMatching(/^Postgres at localhost:\d+: its certificate is not trusted \(/),
      hint: expect.stringContaining('postgres.caFile'),
    });
  });

  test('the authorities that everybody trusts have not issued it', async () => {
    expect((await failure(at(secured, { sslmode: 'verify-full' }))).message).toContain('not trusted');
    expect((await failure(at(secured, { sslmode: 'verify-full', sslrootcert: 'system' }))).message).toContain('not trusted');
  });

  test('only verify-full looks at the host, and says whose certificate it is', async () => {
    const params = { sslrootcert: authority.caFile };
    expect(await connect(at(secured, { ...params, sslmode: 'verify-ca' }, '127.0.0.1'))).toBe(true);
    expect(await failure(at(secured, { ...params, sslmode: 'verify-full' }, '127.0.0.1'))).toMatchObject({
      message: expect.stringMatching(/127\.0\.0\.1:\d+: its certificate is for another host \(DNS:localhost\)/),
      hint: expect.stringContaining('postgres.host'),
    });
  });

  test('a server without TLS is told from one that cannot be reached', async () => {
    for (const sslmode of ['require', 'verify-full']) {
      expect(await failure(at(plain, { sslmode }))).toMatchObject({
        message: expect.stringContaining(`the server does not speak TLS, which sslMode ${sslmode} asks for`),
        hint: expect.stringContaining('ssl = on'),
      });
    }
    await expect(connect('postgresql://postgres@127.0.0.1:1/postgres?sslmode=require')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a server that takes TLS only says so to whoever comes without', async () => {
    expect(await failure(at(strict, {}))).toMatchObject({
      message: expect.stringContaining('TLS only'),
      hint: expect.stringContaining('sslMode'),
    });
  });

  test('a server that wants to see a certificate is shown one', async () => {
    const url = at(strict, { sslmode: 'verify-full', sslrootcert: authority.caFile }).replace('/postgres?', '/locked?');
    const admin = new PostgresClient({ connectionString: at(strict, { sslmode: 'require' }) });
    await admin.connect();
    await admin.query('create database locked').finally(() => admin.end());
    expect(await failure(url)).toMatchObject({ hint: expect.stringContaining('postgres.certFile') });
    expect(await connect(`${url}&${new URLSearchParams({ sslcert: client.cert, sslkey: client.key }).toString()}`)).toBe(true);
    const other = await authority.issue('somebody');
    expect((await failure(`${url}&${new URLSearchParams({ sslcert: other.cert, sslkey: other.key }).toString()}`)).hint).toContain('CN');
  });

  test('a pool connects in the same way, and sees a renewed CA without a restart', async () => {
    const caFile = join(authority.dir, 'renewed.pem');
    writeFileSync(caFile, stranger.ca);
    const pool = new Pool({
      Client: PostgresClient,
      connectionString: at(secured, { sslmode: 'verify-full', sslrootcert: caFile }),
      max: 1,
    });
    try {
      await expect(pool.query('select 1')).rejects.toThrow('not trusted');
      writeFileSync(`${caFile}.new`, authority.ca);
      renameSync(`${caFile}.new`, caFile);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });
});
