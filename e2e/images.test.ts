import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { StorageClient } from '@supabase/storage-js';
import { findQuietPort } from '@supastor/testkit/harness/free-port';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { SignJWT } from 'jose';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
/** Images that `supastor images build` has made; see e2e/containers/build-images.sh. */
const REPOSITORY = process.env['SUPASTOR_TEST_REPOSITORY'] ?? 'supastor-test';
const SERVICES = ['storage-api', 'admin-api', 'meta'];
const WAIT = { timeout: 60_000, interval: 250 };
const SECRET = 'a-secret-of-one-test-that-is-long-enough';
const BOOTSTRAP = `create role supabase_storage_admin noinherit createrole login;
  create role anon nologin noinherit; create role authenticated nologin noinherit; create role service_role nologin noinherit bypassrls;
  grant anon, authenticated, service_role to supabase_storage_admin; grant create on database postgres to supabase_storage_admin;`;

const imageOf = (service: string) => `${REPOSITORY}/${service}:1`;
const hasImages = spawnSync('docker', ['image', 'inspect', ...SERVICES.map(imageOf)], { stdio: 'ignore' }).status === 0;

async function docker(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}

describe.skipIf(!hasImages)('the images', () => {
  let postgres: TempPostgres;
  beforeAll(async () => {
    postgres = await startTempPostgres();
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(BOOTSTRAP).finally(() => client.end());
  });
  afterAll(() => postgres?.stop());

  test.each(SERVICES)('%s runs without root, checks its health and says what is in it', async (service) => {
    const [{ Config: config }] = JSON.parse(await docker('image', 'inspect', imageOf(service)));
    expect([config.User, config.Healthcheck?.Test?.[0]]).toEqual(['1000:1000', 'CMD']);
    const bill = JSON.parse(await docker('run', '--rm', '--network', 'none', imageOf(service), 'cat', 'sbom.cdx.json'));
    expect([bill.bomFormat, bill.components.length > 20]).toEqual(['CycloneDX', true]);
    const names: string[] = bill.components.map(({ name }: { readonly name: string }) => name);
    expect(names.filter((name) => ['vitest', 'playwright-core', 'oxlint'].includes(name))).toEqual([]);
  });

  test('storage-api serves with a read-only root, no capability and no way to get any', async () => {
    const port = await findQuietPort();
    const name = `image-test-${port}`;
    const hardened = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
    const env = {
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: String(port),
      DATABASE_URL: postgres.url.replace('postgres@', 'supabase_storage_admin@'),
      AUTH_JWT_SECRET: SECRET,
    };
    const settings = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
    await docker(
      'run',
      '-d',
      '--network',
      'host',
      '--name',
      name,
      '-v',
      `${name}:/var/lib/supastor/objects`,
      ...hardened,
      ...settings,
      imageOf('storage-api'),
    );
    try {
      await expect.poll(() => docker('inspect', '--format', '{{.State.Health.Status}}', name), WAIT).toBe('healthy');
      const token = await new SignJWT({ role: 'service_role' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(Buffer.from(SECRET));
      const storage = new StorageClient(`http://127.0.0.1:${port}/storage/v1`, { authorization: `Bearer ${token}` });
      await storage.createBucket('box');
      await storage.from('box').upload('a.txt', 'kept');
      await docker('restart', name);
      await expect.poll(async () => (await storage.from('box').download('a.txt')).data?.text(), WAIT).toBe('kept');
      await docker('stop', name);
      expect(await docker('inspect', '--format', '{{.State.ExitCode}}', name)).toBe('0');
    } finally {
      await docker('rm', '-f', name);
      await docker('volume', 'rm', '-f', name);
    }
  }, 180_000);
});
