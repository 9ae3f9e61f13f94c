import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestAuthority, LACKS_OPENSSL, type TestAuthority } from '@supastor/testkit/harness/certificates';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { StorageClient } from '@supabase/storage-js';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStack, type Stack } from './harness/stack.ts';

/** Over the network, with TLS and a password only; the socket is for the test. */
const HBA = 'local all all trust\nhostssl all all all scram-sha-256\n';
const ROLES = `
  create role anon nologin noinherit; create role authenticated nologin noinherit; create role service_role nologin noinherit bypassrls;
  create role supabase_storage_admin login noinherit createrole password 'storage-password';
  grant anon, authenticated, service_role to supabase_storage_admin;
  grant create, connect, temporary on database postgres to supabase_storage_admin;
  alter role postgres password 'admin-password'`;

let authority: TestAuthority;
let stranger: TestAuthority;
let postgres: TempPostgres;
let stack: Stack;
let sql: Client;

describe.skipIf(LACKS_OPENSSL !== null)('a stack with a Postgres elsewhere that takes TLS only', () => {
  beforeAll(async () => {
    [authority, stranger] = await Promise.all([createTestAuthority(), createTestAuthority()]);
    postgres = await startTempPostgres({ tls: await authority.issue('localhost', ['DNS:localhost']), hba: HBA });
    sql = new Client({ host: postgres.socketDir, port: postgres.port, user: 'postgres' });
    await sql.connect();
    await sql.query(ROLES);
    stack = await createStack({
      env: {
        SUPASTOR_POSTGRES_MANAGED: 'false',
        SUPASTOR_POSTGRES_HOST: 'localhost',
        SUPASTOR_POSTGRES_PORT: String(postgres.port),
        SUPASTOR_POSTGRES_PASSWORD: 'admin-password',
        SUPASTOR_POSTGRES_STORAGE_PASSWORD: 'storage-password',
        SUPASTOR_POSTGRES_SSL_MODE: 'verify-full',
        SUPASTOR_POSTGRES_CA_FILE: 'ca.pem',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await stack?.destroy();
    await sql?.end();
    await postgres?.stop();
    for (const made of [authority, stranger]) await made?.remove();
  }, 60_000);

  test('says which file is missing before anything is started', async () => {
    const { code, stderr } = await stack.cli('up', '-d', '--dev');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/postgres\.caFile names .*ca\.pem: there is no such file/)]);
  }, 120_000);

  test('a CA that did not issue the certificate is told by doctor and by up, with what to set', async () => {
    await writeFile(join(stack.projectDir, 'ca.pem'), stranger.ca);
    const doctor = await stack.cli('doctor');
    expect(doctor.stdout).toMatch(/external Postgres.*its certificate is not trusted/s);
    expect(doctor.stdout).toContain('postgres.caFile');
    const up = await stack.cli('up', '-d', '--dev');
    expect(up.code).not.toBe(0);
    expect(up.stdout + up.stderr).toMatch(/its certificate is not trusted/);
    await stack.cli('down');
  }, 240_000);

  test('with its CA, every service works, and every connection of theirs is encrypted', async () => {
    await writeFile(join(stack.projectDir, 'ca.pem'), authority.ca);
    await stack.up('--dev');
    const access = await stack.access();
    const { stdout } = await stack.cli('doctor');
    expect(stdout).toContain('with TLS (verify-full)');
    const storage = new StorageClient(access.STORAGE_URL, { authorization: `Bearer ${access.SERVICE_ROLE_KEY}` });
    expect((await storage.createBucket('box')).error).toBeNull();
    expect((await storage.from('box').upload('a.txt', 'hello')).error).toBeNull();
    const buckets = await stack.cli('buckets', 'list', '-o', 'json');
    expect(JSON.parse(buckets.stdout)).toMatchObject({ buckets: [{ id: 'box' }] });
    const meta = await fetch(`${access.META_URL}/policies`);
    expect(meta.status).toBe(200);
    // The queue connects when there is something to do.
    const job = await stack.cli('objects', 'remove-folder', 'box', '--folder', 'gone/', '--yes');
    expect(job.code, job.stderr).toBe(0);
    const names = ['supastor-storage', 'supastor-admin', 'supastor-jobs'];
    await expect.poll(async () => Object.keys(await connections()), { timeout: 30_000 }).toEqual(expect.arrayContaining(names));
    expect(new Set(Object.values(await connections()).flat())).toEqual(new Set([true]));
  }, 240_000);
});

/** Whether they are encrypted, by the name of the application. */
async function connections(): Promise<Record<string, boolean[]>> {
  const { rows } = await sql.query<{ name: string; encrypted: boolean[] }>(
    `select application_name as name, array_agg(ssl) as encrypted from pg_stat_activity join pg_stat_ssl using (pid)
     where client_addr is not null group by 1`,
  );
  return Object.fromEntries(rows.map(({ name, encrypted }) => [name, encrypted]));
}
