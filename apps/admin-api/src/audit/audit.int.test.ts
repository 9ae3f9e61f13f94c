import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, EMAIL, PASSWORD, SESSION_SECRET, startAdminHarness } from '../testing/admin-harness.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

let postgres: TempPostgres;
let count = 0;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => postgres.stop());

async function start(overrides: Parameters<typeof startAdminHarness>[0] = {}): Promise<AdminHarness> {
  count += 1;
  const admin = await startAdminHarness({ databaseUrl: await postgres.createDatabase(`trail_${count}`), ...overrides });
  ends.push(() => admin.stop());
  return admin;
}

const create = (admin: AdminHarness, token: string, name: string) => admin.call('POST', '/api/v1/buckets', { token, body: { name } });

describe('audit over REST', () => {
  it('records who did what from where, with secrets masked, and finds it again', async () => {
    const admin = await start();
    const token = await admin.login();
    await admin.call('POST', '/api/v1/session', { body: { email: 'someone@example.org', password: 'hunter2' } });
    await create(admin, token, 'photos');
    await create(admin, token, 'music');
    const find = async (query: string) => (await admin.call('GET', `/api/v1/audit?${query}`, { token })).body.entries;
    const [entry] = await find('resource=photos');
    expect(entry).toMatchObject({
      operation: 'buckets.create',
      identity: { email: EMAIL, apiKeyId: null },
      resource: 'bucket/photos',
      parameters: { name: 'photos' },
      outcome: 'failed',
      code: 'SJ_UPSTREAM_FAILED',
      ip: '127.0.0.1',
      userAgent: expect.any(String),
      durationMs: expect.any(Number),
    });
    expect(await find('operation=session')).toHaveLength(2);
    expect(await find('operation=session.login&outcome=failed')).toMatchObject([{ parameters: { password: '***' } }]);
    expect(await find(`identity=${EMAIL}`)).toHaveLength(2);
    expect(await find('until=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await find('since=2020-01-01T00:00:00Z&operation=buckets')).toHaveLength(2);
  });

  it('pages by cursor without gaps or repeats', async () => {
    const admin = await start();
    const token = await admin.login();
    for (let index = 0; index < 7; index += 1) await create(admin, token, `b${index}`);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await admin.call('GET', `/api/v1/audit?operation=buckets&limit=3${cursor}`, { token });
      seen.push(...body.entries.map((entry: { resource: string }) => entry.resource));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(['bucket/b6', 'bucket/b5', 'bucket/b4', 'bucket/b3', 'bucket/b2', 'bucket/b1', 'bucket/b0']);
  });

  it('exports NDJSON and CSV, and records that too', async () => {
    const admin = await start();
    const token = await admin.login();
    await create(admin, token, '=cmd');
    const fetchText = (query: string) =>
      fetch(`${admin.url}/api/v1/audit/export?${query}`, { headers: { authorization: `Bearer ${token}` } });
    const lines = await fetchText('');
    expect(lines.headers.get('content-disposition')).toContain('audit.ndjson');
    const records = (await lines.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map((record) => record.operation)).toEqual(['session.login', 'buckets.create', 'audit.export']);
    const sheet = await (await fetchText('format=csv&operation=buckets.create')).text();
    expect(sheet.split('\r\n')[0]).toMatch(/^id,seq,at,operation,/);
    expect(sheet).toContain('"{""name"":""=cmd""}"');
    const syslog = await (await fetchText('format=cef&operation=buckets.create')).text();
    expect(syslog.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^<108>1 \S+ - supastor - audit - CEF:0\|.* act=buckets\.create /),
    ]);
  });

  it('removes nothing that is young, and only for owners', async () => {
    const admin = await start();
    const token = await admin.login();
    const prune = (olderThanDays: number) => admin.call('POST', '/api/v1/audit/prune', { token, body: { olderThanDays } });
    expect(await prune(29)).toMatchObject({ status: 400 });
    expect(await prune(30)).toMatchObject({ status: 200, body: { removed: 0, through: null } });
    const { body } = await admin.call('GET', '/api/v1/audit?operation=audit.prune', { token });
    expect(body.entries).toMatchObject([{ outcome: 'done', parameters: { olderThanDays: 30 } }]);
  });

  it('verifies itself', async () => {
    const admin = await start();
    const token = await admin.login();
    await create(admin, token, 'photos');
    const { body } = await admin.call('GET', '/api/v1/audit/verify', { token });
    expect(body).toMatchObject({ intact: true, rows: 4, firstBad: null, publicKey: expect.stringContaining('BEGIN PUBLIC KEY') });
    expect((await admin.call('GET', `/api/v1/audit/verify?anchor=${body.head}`, { token })).body.intact).toBe(true);
  });

  it('refuses changes while Postgres cannot be reached; reading and signing in go on', async () => {
    const admin = await start({ databaseUrl: 'postgresql://postgres@127.0.0.1:1/postgres' });
    const token = await admin.login();
    expect(await create(admin, token, 'photos')).toMatchObject({
      status: 503,
      body: { code: 'SJ_AUDIT_UNAVAILABLE', hint: expect.stringContaining('supastor status') },
    });
    expect((await admin.call('GET', '/api/v1/session', { token })).status).toBe(200);
    expect((await admin.call('GET', '/api/v1/system', { token })).status).toBe(200);
    expect(await admin.call('GET', '/api/v1/audit', { token })).toMatchObject({ status: 503, body: { code: 'SJ_DATABASE_UNREACHABLE' } });
  });
});

async function startSilentStorage(): Promise<Server> {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

async function startProcess(databaseUrl: string, storagePort: number): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: {
      PATH: process.env['PATH'] ?? '',
      SUPASTOR_ADMIN_PORT: '0',
      SUPASTOR_ADMIN_EMAIL: EMAIL,
      SUPASTOR_ADMIN_PASSWORD: PASSWORD,
      SUPASTOR_ADMIN_SESSION_SECRET: SESSION_SECRET,
      SUPASTOR_STORAGE_URL: `http://127.0.0.1:${storagePort}`,
      SERVICE_ROLE_KEY: 'key',
      DATABASE_URL: databaseUrl,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  const { promise, resolve } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = /"url":"(http[^"]+)"/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
  return { child, url: await promise };
}

describe('kill -9 in the middle of changes', () => {
  it('leaves one intent each, marked interrupted at the next start, and a chain that verifies', async () => {
    const databaseUrl = await postgres.createDatabase('killed');
    const address = (await startSilentStorage()).address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { child, url } = await startProcess(databaseUrl, port);
    const watcher = await start({ databaseUrl });
    const token = await watcher.login();
    for (let index = 0; index < 20; index += 1) {
      void fetch(`${url}/api/v1/buckets`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `b${index}` }),
      }).catch(() => undefined);
    }
    const outcomes = async () => {
      const { body } = await watcher.call('GET', '/api/v1/audit?operation=buckets&limit=100', { token });
      return body.entries.map((entry: { outcome: string | null }) => entry.outcome);
    };
    await expect.poll(outcomes, { timeout: 10_000 }).toEqual(Array.from({ length: 20 }, () => null));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await startProcess(databaseUrl, port);
    await expect.poll(outcomes, { timeout: 10_000 }).toEqual(Array.from({ length: 20 }, () => 'interrupted'));
    expect((await watcher.call('GET', '/api/v1/audit/verify', { token })).body).toMatchObject({ intact: true });
  });
});
