import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logins, loginFilePath } from '@supastor/adapters/credentials/login-file';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createStackCli, type StackCli } from '../../testing/stack-cli.ts';

// A whole stack is started; a busy machine may need a while.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let cli: StackCli;
let address: string;
let password: string;

beforeAll(async () => {
  cli = await createStackCli();
  await cli.supastor('init', '--dev').ended;
  await cli.supastor('up', '-d').ended;
  address = `http://127.0.0.1:${cli.env.SUPASTOR_ADMIN_PORT}`;
  password = /^SUPASTOR_ADMIN_PASSWORD=["']?([^"'\n]+)/m.exec(readFileSync(join(cli.path, '.env'), 'utf8'))?.[1] ?? '';
});
afterAll(() => cli.remove());

const email = 'admin@localhost.local';
const loginArgs = () => ['login', address, '--email', email, '--password-stdin'];
const file = () => loginFilePath({}, cli.path);
const run = (...args: readonly string[]) => cli.supastor(...args).ended;
const kept = (): Logins => JSON.parse(readFileSync(file(), 'utf8'));

/** As if the bearer token of the kept session were about to end. */
function age(): void {
  const { current, logins } = kept();
  const aged = Object.entries(logins).map(([url, login]) => [url, { ...login, tokenExpiresAt: new Date().toISOString() }]);
  writeFileSync(file(), JSON.stringify({ current, logins: Object.fromEntries(aged) }));
}

test('without a project or a session, what to do is said', async () => {
  expect(await cli.elsewhere('', 'whoami')).toMatchObject({ code: 2, stderr: expect.stringContaining('supastor login') });
  expect(await cli.elsewhere('', 'login', address)).toMatchObject({ code: 2, stderr: expect.stringContaining('--password-stdin') });
  expect(await cli.elsewhere('', 'login', 'admin')).toMatchObject({ code: 2, stderr: expect.stringContaining('"admin"') });
  expect(await cli.elsewhere('wrong\n', ...loginArgs())).toMatchObject({ code: 4, stderr: expect.stringContaining('SJ_UNAUTHENTICATED') });
});

test('a kept session works from anywhere, is renewed by one of many commands, and ends', async () => {
  expect(await cli.elsewhere(`${password}\n`, ...loginArgs())).toMatchObject({ code: 0, stdout: expect.stringContaining(address) });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(await cli.elsewhere('', 'whoami')).toMatchObject({ code: 0, stdout: expect.stringContaining(email) });
  expect(await cli.elsewhere('', 'buckets', 'create', '--name', 'remote', '-o', 'json')).toMatchObject({ code: 0 });

  age();
  const before = kept().logins[address]?.refreshToken;
  const lists = await Promise.all(Array.from({ length: 4 }, () => cli.elsewhere('', 'buckets', 'list')));
  expect(lists.map(({ code, stdout }) => [code, stdout.includes('remote')])).toEqual(Array.from({ length: 4 }, () => [0, true]));
  expect(kept().logins[address]?.refreshToken).not.toBe(before);

  const sessions = JSON.parse((await cli.elsewhere('', 'sessions', 'list', '-o', 'json')).stdout).sessions;
  expect(sessions).toHaveLength(1);
  expect(await cli.elsewhere('', 'logout')).toMatchObject({ code: 0, stdout: expect.stringContaining(address) });
  expect(kept()).toEqual({ current: null, logins: {} });
  // The project's own administrator sees that the session is gone on the server as well.
  const left = JSON.parse((await cli.supastor('sessions', 'list', '-o', 'json').ended).stdout).sessions;
  expect(left.map(({ id }: { id: string }) => id)).not.toContain(sessions[0].id);
});

test('a session that was ended elsewhere is forgotten, and said to be over', async () => {
  expect(await cli.elsewhere(password, ...loginArgs())).toMatchObject({ code: 0 });
  const { sessions } = JSON.parse((await cli.elsewhere('', 'sessions', 'list', '-o', 'json')).stdout);
  const own = sessions.find(({ current }: { current: boolean }) => current);
  expect(await cli.elsewhere('', 'sessions', 'revoke', own.id, '--yes')).toMatchObject({ code: 0 });
  expect(await cli.elsewhere('', 'buckets', 'list')).toMatchObject({ code: 4, stderr: expect.stringContaining('SJ_UNAUTHENTICATED') });
  age();
  expect(await cli.elsewhere('', 'buckets', 'list')).toMatchObject({ code: 4, stderr: expect.stringContaining('supastor login') });
  expect(kept().logins).toEqual({});
});

test('operations are asked about, streamed, and their refusals keep their exit codes', async () => {
  expect(await run('buckets', 'delete', 'remote')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(await run('buckets', 'delete', 'remote', '--yes')).toMatchObject({ code: 0, stdout: expect.stringContaining('Done.') });
  expect(await run('buckets', 'get', 'remote')).toMatchObject({ code: 5, stderr: expect.stringContaining('SJ_NOT_FOUND') });
  const exported = await run('audit', 'export', '--operation', 'buckets.delete');
  const lines = exported.stdout.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ operation: 'buckets.delete', outcome: 'done' })]);
  const pages = await run('audit', 'list', '--limit', '5', '--all', '-o', 'ndjson');
  const entries = pages.stdout
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).entries);
  expect(entries.length).toBeGreaterThan(10);
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
});
