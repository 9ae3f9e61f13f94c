import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createTestAuthority, LACKS_OPENSSL, type TestAuthority } from '@supastor/testkit/harness/certificates';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let authority: TestAuthority;
let stranger: TestAuthority;
let secured: TempPostgres;
let plain: TempPostgres;
const servers: ChildProcess[] = [];

const QUERY = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

/** Starts a server for this database and asks it something. */
async function ask(databaseUrl: string, env: Record<string, string> = {}): Promise<unknown> {
  const port = await findFreePort();
  const server = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env['PATH'] ?? '',
      PG_META_PORT: String(port),
      CRYPTO_KEY: 'crypto-key-0123456789',
      PG_META_DB_URL: databaseUrl,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => line.includes('listening') && resolve());
    server.once('exit', (code) => reject(new Error(`exited with ${code}`)));
  });
  const response = await fetch(`http://127.0.0.1:${port}/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  return response.json();
}

const at = (server: TempPostgres, params: Record<string, string>) =>
  `postgresql://postgres@127.0.0.1:${server.port}/postgres?${new URLSearchParams(params).toString()}`;

describe.skipIf(LACKS_OPENSSL !== null)('postgres-meta with TLS', () => {
  beforeAll(async () => {
    [authority, stranger] = await Promise.all([createTestAuthority(), createTestAuthority()]);
    secured = await startTempPostgres({ tls: await authority.issue('localhost', ['DNS:localhost']) });
    plain = await startTempPostgres();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(
      servers.map(async (server) => {
        const exited = once(server, 'exit');
        server.kill('SIGKILL');
        await exited;
      }),
    );
    for (const started of [secured, plain]) await started?.stop();
    for (const made of [authority, stranger]) await made?.remove();
  });

  test('checks the certificate for verify-ca, which the original does not', async () => {
    expect(await ask(at(secured, { sslmode: 'verify-ca', sslrootcert: authority.caFile }))).toEqual([{ ssl: true }]);
    expect(await ask(at(secured, { sslmode: 'verify-ca', sslrootcert: stranger.caFile }))).toMatchObject({
      error: expect.stringContaining('its certificate is not trusted'),
    });
  }, 60_000);

  test('takes what there is for prefer', async () => {
    expect(await ask(at(secured, { sslmode: 'prefer' }))).toEqual([{ ssl: true }]);
    expect(await ask(at(plain, { sslmode: 'prefer' }))).toEqual([{ ssl: false }]);
  }, 60_000);

  test('knows the names that the original has in its environment', async () => {
    expect(await ask(at(secured, {}), { PG_META_DB_SSL_ROOT_CERT: authority.ca })).toMatchObject({
      error: expect.stringContaining('its certificate is for another host (DNS:localhost)'),
    });
  }, 60_000);
});
