import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';

let postgres: TempPostgres;
let server: ChildProcess;
let url: string;
const lines: string[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
  const port = await findFreePort();
  url = `http://127.0.0.1:${port}`;
  server = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env['PATH'] ?? '', PG_META_PORT: String(port), CRYPTO_KEY: 'crypto-key-0123456789', PG_META_DB_URL: postgres.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    if (!server.stdout) throw new Error('no output');
    createInterface({ input: server.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('listening')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`exited with ${code}`)));
  });
});
afterAll(async () => {
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  expect(await exited).toBe(0);
  await postgres.stop();
});

const post = async (path: string, query: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.text() };
};

test('answers health and queries, and logs our records', async () => {
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect(await post('/query', 'select 1 as one')).toEqual({ status: 200, body: '[{"one":1}]' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ service: 'meta', level: 'info', time: expect.any(String) });
});

test('an error of Postgres is told', async () => {
  const { status, body } = await post('/query', 'select * from nowhere');
  expect(status).toBe(400);
  expect(body).toContain('nowhere');
});

test('policies can be created and listed', async () => {
  await post('/query', 'create table notes (id int); alter table notes enable row level security');
  const response = await fetch(`${url}/policies`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'all may read', table: 'notes', command: 'SELECT', definition: 'true' }),
  });
  expect(response.status).toBe(200);
  const policies: { name: string }[] = JSON.parse(await (await fetch(`${url}/policies`)).text());
  expect(policies.map(({ name }) => name)).toEqual(['all may read']);
});

test('modules that are loaded late work when they are needed', async () => {
  expect((await post('/query/format', 'select 1 from x where a=1')).body).toMatch(/select\n\s+1\nfrom/);
  expect((await post('/query/parse', 'select 1')).body).toContain('SelectStmt');
  const types = await fetch(`${url}/generators/typescript`);
  expect(types.status).toBe(200);
  expect(await types.text()).toContain('notes: {');
});

test('a web page cannot reach it', async () => {
  expect((await post('/query', 'select 1', { origin: 'https://evil.example.com' })).status).toBe(403);
});
