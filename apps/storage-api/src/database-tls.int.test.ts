import { createTestAuthority, LACKS_OPENSSL, type TestAuthority } from '@supastor/testkit/harness/certificates';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawnServer } from './testing/process.ts';
import { SERVICE_TOKEN } from './testing/server.ts';
import { tusMetadata } from './testing/tus.ts';

/** Over the network, with TLS only; the socket is for the test. */
const HBA = 'local all all trust\nhostssl all all all trust\n';

let authority: TestAuthority;
let postgres: TempPostgres;
let dir: TempDir;

const url = (params: Record<string, string>) =>
  `postgresql://postgres@localhost:${postgres.port}/postgres?${new URLSearchParams(params).toString()}`;

describe.skipIf(LACKS_OPENSSL !== null)('a database with TLS', () => {
  beforeAll(async () => {
    authority = await createTestAuthority();
    postgres = await startTempPostgres({ tls: await authority.issue('localhost', ['DNS:localhost']), hba: HBA });
    dir = await createTempDir('tls');
  }, 120_000);
  afterAll(async () => {
    await postgres?.stop();
    await authority?.remove();
    await dir?.remove();
  });

  test('is reached by every connection of the server, with the certificates in the environment of the original', async () => {
    const server = await spawnServer(url({}), dir.path, {
      PGSSLMODE: 'verify-full',
      DATABASE_SSL_ROOT_CERT: authority.ca,
      WEBHOOK_URL: 'http://127.0.0.1:1/nobody',
    });
    try {
      await server.client.createBucket('box');
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      const uploads = await Promise.all(numbers.map((number) => server.client.from('box').upload(`${number}`, `content ${number}`)));
      expect(uploads.filter(({ error }) => error !== null)).toEqual([]);
      const head = { authorization: `Bearer ${SERVICE_TOKEN}`, 'tus-resumable': '1.0.0' };
      const created = await fetch(`${server.url}/upload/resumable`, {
        method: 'POST',
        headers: { ...head, 'upload-length': '3', 'upload-metadata': tusMetadata({ bucketName: 'box', objectName: 'resumed' }) },
      });
      expect(created.status).toBe(201);
      const patched = await fetch(created.headers.get('location') ?? '', {
        method: 'PATCH',
        headers: { ...head, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        body: 'abc',
      });
      expect(patched.status).toBe(204);
      expect(await (await server.client.from('box').download('resumed')).data?.text()).toBe('abc');
      const names = ['supastor-storage', 'supastor-storage-locks', 'supastor-storage-webhooks'];
      await expect.poll(async () => Object.keys(await connections()), { timeout: 20_000 }).toEqual(expect.arrayContaining(names));
      expect(new Set(Object.values(await connections()).flat())).toEqual(new Set([true]));
    } finally {
      await server.end('SIGTERM');
    }
  }, 60_000);

  test.each([
    [{ sslmode: 'verify-full' }, 'its certificate is not trusted', 'postgres.caFile'],
    [{}, 'it takes connections with TLS only', 'postgres.sslMode'],
  ])(
    'with %j the server does not start, and its log says what to set',
    async (params, reason, hint) => {
      const failure = await spawnServer(url(params), dir.path).then(
        () => '',
        (error: unknown) => String(error),
      );
      expect(failure).toContain(reason);
      expect(failure).toContain(hint);
    },
    60_000,
  );
});

/** Whether they are encrypted, by the name of the application. */
async function connections(): Promise<Record<string, boolean[]>> {
  const client = new Client({ host: postgres.socketDir, port: postgres.port, user: 'postgres' });
  await client.connect();
  const { rows } = await client
    .query<{ name: string; encrypted: boolean[] }>(
      `select application_name as name, array_agg(ssl) as encrypted from pg_stat_activity join pg_stat_ssl using (pid)
       where application_name like 'supastor%' group by 1`,
    )
    .finally(() => client.end());
  return Object.fromEntries(rows.map(({ name, encrypted }) => [name, encrypted]));
}
