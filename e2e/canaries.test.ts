import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Canaries, type Find, searchCommandLines, searchFiles, secretEnvironment } from './harness/canaries.ts';
import { CanaryTraffic } from './harness/canary-traffic.ts';
import { runCli } from './harness/cli.ts';
import { createStack, type Stack, type StackAccess } from './harness/stack.ts';

/** Files that are made to hold secrets, closed to everybody else. */
const KEEPERS = /^\.env$|^\.supastor\/default\/state\.json$/;

const canaries = new Canaries();
let stack: Stack;
let access: StackAccess;
let traffic: CanaryTraffic;
/** Takes webhooks and purges, and refuses them now and then. */
let receiver: Server;

beforeAll(async () => {
  let received = 0;
  receiver = createServer((request, response) => {
    received += 1;
    request.resume();
    response.writeHead(received % 3 === 0 ? 500 : 200).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  stack = await createStack();
  const settings = {
    ...secretEnvironment(canaries),
    SUPASTOR_LOG_LEVEL: 'trace',
    WEBHOOK_URL: `${url}/hook`,
    SUPASTOR_WEBHOOK_ALLOW_PRIVATE: 'true',
    CDN_PURGE_ENDPOINT_URL: `${url}/purge`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(stack.projectDir, '.env'), lines.join(''), { mode: 0o600 });
  await stack.up('--dev');
  access = await stack.access();
  canaries.add('anon key', access.ANON_KEY);
  canaries.add('service key', access.SERVICE_ROLE_KEY);
  traffic = new CanaryTraffic(access, canaries);
  await traffic.storage();
  await traffic.admin();
  await failWithoutDatabase();
}, 240_000);
afterAll(async () => {
  await stack.destroy();
  receiver.close();
}, 60_000);

/** What fails is logged with its causes. */
async function failWithoutDatabase(): Promise<void> {
  process.kill((await stack.pids())['postgres'] ?? 0, 'SIGKILL');
  const urls = [`${new URL(access.STORAGE_URL).origin}/health/ready`, `${access.ADMIN_URL}/health/ready`];
  for (;;) {
    await traffic.storage().catch(() => undefined);
    const answers = await Promise.all(urls.map((url) => fetch(url).catch(() => null)));
    if (answers.every((answer) => answer?.ok === true)) return;
    await sleep(200);
  }
}

test('answers that refuse hold no secret', () => {
  expect(traffic.finds).toEqual([]);
  expect(traffic.refusals).toBeGreaterThan(150);
  // What the product made up while it ran was looked for too.
  for (const kind of [
    'signed link',
    'upload link',
    'presigned',
    'bearer',
    'refresh',
    'cookie',
    'API key',
    'S3 key',
    'invitation',
    'second factor',
  ]) {
    expect(canaries.names.filter((name) => name.startsWith(kind))).not.toEqual([]);
  }
});

test('logs, state and all other files hold none, but those that are made to and are closed to others', async () => {
  const found = await searchFiles(canaries, stack.projectDir);
  expect(found.filter(({ where, mode }) => !KEEPERS.test(where) || (mode & 0o077) !== 0)).toEqual([]);
  // The search is able to find: the state is made to hold them.
  expect(found.length).toBeGreaterThan(5);
});

test('command lines hold none', async () => {
  expect(await searchCommandLines(canaries)).toEqual([]);
});

test('what the command line prints holds none unless it is asked for', async () => {
  const commands = [
    ['status'],
    ['status', '-o', 'json'],
    ['status', '-o', 'env'],
    ['config', 'show'],
    ['config', 'show', '-o', 'json'],
    ['config', 'explain', 'auth.jwtSecret'],
    ['config', 'explain', 'postgres.password'],
    ['config', 'validate'],
    ['plan', '--dev'],
    ['logs'],
    ['doctor'],
    ['s3-keys', 'list'],
    ['nothing'],
  ];
  const finds: Find[] = [];
  for (const args of commands) {
    const { stdout, stderr } = await stack.cli(...args);
    finds.push(...canaries.search(args.join(' '), stdout + stderr));
  }
  expect(finds).toEqual([]);
});

test('mistakes in secrets are told without them', async () => {
  const short = canaries.make('short secret', 20);
  const mistakes: readonly Record<string, string>[] = [
    { SUPASTOR_JWT_SECRET: short },
    { SUPASTOR_ADMIN_SESSION_SECRET: short },
    { SUPASTOR_JWT_JWKS: `{"keys":[{"k":${short}` },
    { SUPASTOR_JWT_JWKS: `{"keys":[{"kty":"oct","k":"${short}"}]}` },
    { SUPASTOR_SERVICE_ROLE_KEY: short, SUPASTOR_ANON_KEY: short },
    { SUPASTOR_STORAGE_ENCRYPTION_KEY: short, SUPASTOR_RETIRED_ENCRYPTION_KEYS: `${short},x` },
    { WEBHOOK_URL: `ftp://user:${short}@127.0.0.1/` },
    { SUPASTOR_POSTGRES_PORT: short },
  ];
  const finds: Find[] = [];
  for (const env of mistakes) {
    for (const args of [['config', 'validate'], ['plan', '--dev'], ['doctor'], ['config', 'explain', 'auth.jwtSecret']]) {
      const { stdout, stderr } = await runCli(args, { projectDir: stack.projectDir, env });
      finds.push(...canaries.search(`${Object.keys(env).join()}: ${args.join(' ')}`, stdout + stderr));
    }
  }
  expect(finds).toEqual([]);
}, 180_000);

test('metrics, health, documentation and pages hold none', async () => {
  const pages = [
    `${access.STORAGE_URL}/metrics`,
    `${new URL(access.STORAGE_URL).origin}/metrics`,
    `${access.STORAGE_URL}/status`,
    `${new URL(access.STORAGE_URL).origin}/health/ready`,
    `${access.ADMIN_URL}/`,
    `${access.ADMIN_URL}/metrics`,
    `${access.ADMIN_URL}/docs`,
    `${access.ADMIN_URL}/api/v1/openapi.json`,
    `${access.ADMIN_URL}/health/ready`,
    `${access.ADMIN_URL}/.well-known/jwks.json`,
  ];
  const finds: Find[] = [];
  for (const url of pages) finds.push(...canaries.search(url, await (await fetch(url)).text()));
  expect(finds).toEqual([]);
});

test('no row of the database holds one in the clear', async () => {
  const client = new Client({ connectionString: access.DB_URL });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const finds: Find[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ line: string }>(`select t::text as line from ${name} t`);
    finds.push(...canaries.search(`table ${name}`, rows.map(({ line }) => line).join('\n')));
  }
  // Targets of webhooks are edited with SQL, by those who own the schema.
  const { rows: readers } = await client.query(
    `select rolname from pg_roles where has_table_privilege(rolname, 'storage.webhooks', 'select')
     and rolname in ('anon', 'authenticated', 'service_role')`,
  );
  await client.end();
  expect(finds.filter(({ where }) => where !== 'table storage.webhooks')).toEqual([]);
  expect(readers).toEqual([]);
  expect(tables.length).toBeGreaterThan(20);
});
