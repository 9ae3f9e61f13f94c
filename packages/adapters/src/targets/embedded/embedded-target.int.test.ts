import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { identifyProcess } from './process-identity.ts';
import { createTestStack, poll, type TestStack } from './testing/test-stack.ts';

// Whole stacks are started; a busy machine may need a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let stack: TestStack;

beforeEach(async () => {
  stack = await createTestStack();
});
afterEach(() => stack.destroy());

const kinds = (plan: { readonly steps: readonly { readonly kind: string; readonly id: string }[] }) =>
  plan.steps.map(({ kind, id }) => (kind === 'restart' || kind === 'start' ? `${kind} ${id.replace('service ', '')}` : kind));
const isGone = (pid: number) => poll(() => Promise.resolve(identifyProcess(pid) === null ? true : null), `process ${pid} to end`);
const journal = async () => (await readFile(join(stack.dir, 'journal'), 'utf8')).trim().split('\n');

async function query(user: string, password: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ host: '127.0.0.1', port: stack.ports.postgres, user, password, database: 'postgres' });
  await client.connect();
  const { rows }: { rows: unknown[] } = await client.query(sql).finally(() => client.end());
  return rows;
}

describe('up', () => {
  test('starts everything in order, and a second time finds nothing to do', async () => {
    await stack.up();
    expect((await stack.target.control.status()).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'postgres healthy',
      'storage healthy',
      'meta healthy',
      'admin healthy',
    ]);
    expect((await journal()).at(-1)).toBe('started admin');
    expect((await stack.up()).steps).toEqual([]);
  });

  test('does not take data that a killed restore has not put in place for data that never was', async () => {
    const fresh = join(stack.target.paths.stateDir, 'postgres.restoring');
    await mkdir(fresh, { recursive: true });
    await expect(stack.up()).rejects.toThrow('A restore was interrupted');
    await rm(fresh, { recursive: true });
    await stack.up();
  });

  test('one changed setting restarts exactly the service that reads it', async () => {
    await stack.up();
    const before = await stack.target.control.status();
    const plan = await stack.up({ storage: { fileSizeLimit: 1000 } });
    expect(kinds(plan)).toEqual(['restart storage']);
    const after = await stack.target.control.status();
    const moved = before.filter((status, index) => status.pid !== after[index]?.pid).map(({ name }) => name);
    expect(moved).toEqual(['storage']);
  });

  test('a changed restart policy is taken over without a restart', async () => {
    await stack.up();
    const before = await stack.target.control.status();
    await stack.up({ restart: { maxRestarts: 7 } });
    expect((await stack.target.control.status()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
    expect((await stack.plan({ restart: { maxRestarts: 7 } })).steps).toEqual([]);
  });

  test('roles, grants and changed passwords reach the database', async () => {
    await stack.up();
    const roles = await query(
      'postgres',
      'pg-password',
      'select rolname, rolcanlogin, rolbypassrls from pg_roles where rolname !~ $$^pg_$$ order by 1',
    );
    expect(roles).toEqual([
      { rolname: 'anon', rolcanlogin: false, rolbypassrls: false },
      { rolname: 'authenticated', rolcanlogin: false, rolbypassrls: false },
      { rolname: 'authenticator', rolcanlogin: true, rolbypassrls: false },
      { rolname: 'postgres', rolcanlogin: true, rolbypassrls: true },
      { rolname: 'service_role', rolcanlogin: false, rolbypassrls: true },
      { rolname: 'supabase_storage_admin', rolcanlogin: true, rolbypassrls: false },
    ]);
    await query('supabase_storage_admin', 'storage-password', 'create schema mine; set role anon; reset role; drop schema mine');
    await stack.up({ postgres: { password: 'new-password', storagePassword: 'new-storage' } });
    expect(await query('postgres', 'new-password', 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(query('postgres', 'pg-password', 'select 1')).rejects.toThrow(/password authentication failed/);
    await expect(query('supabase_storage_admin', 'storage-password', 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  test('a taken port is replaced, remembered, and replaced again when that one is taken', async () => {
    const blocker = await listen(stack.ports.storage);
    const plan = await stack.up();
    expect(plan.notes.join()).toContain(`port ${stack.ports.storage}, wanted by storage.http, is taken`);
    const chosen = (await stack.status('storage')).ports['http'] ?? 0;
    expect(chosen).not.toBe(stack.ports.storage);
    await stack.down();
    blocker.close();
    await stack.up();
    expect((await stack.status('storage')).ports['http']).toBe(chosen);
    await stack.down();
    const second = await listen(chosen);
    expect((await stack.plan()).notes.join()).toContain(`port ${chosen}, which storage.http used before, is taken`);
    second.close();
  });

  test('a service that cannot start names its last words and leaves the others running', async () => {
    await stack.tell('storage', 'exits');
    const failure = stack.up();
    await expect(failure).rejects.toMatchObject({ code: 'SJ_SERVICE_START_FAILED', hint: 'supastor logs storage' });
    await expect(failure).rejects.toThrow(/exited with code 7[\s\S]*the fixture was told to exit/);
    expect((await stack.status('storage')).state).toBe('crashed');
    expect((await stack.status('postgres')).state).toBe('healthy');
    await stack.untell('storage', 'exits');
    expect(kinds(await stack.up())).toContain('start storage');
    expect((await stack.status('admin')).state).toBe('healthy');
  });

  test('a stale postmaster.pid of an unrelated process does not stand in the way', async () => {
    await stack.up();
    await stack.down();
    await writeFile(join(stack.dir, '.supastor/default/postgres/postmaster.pid'), `${process.pid}\n/nowhere\n`);
    await stack.up();
    expect((await stack.status('postgres')).state).toBe('healthy');
  });

  test('secrets are in files of mode 0600 and in no command line', async () => {
    await stack.up();
    const { mode } = await stat(join(stack.dir, '.supastor/default/state.json'));
    expect(mode & 0o777).toBe(0o600);
    for (const { pid } of await stack.target.control.status()) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toMatch(/pg-password|storage-password|jwt-secret/);
    }
  });
});

describe('down', () => {
  test('stops in reverse order, keeps data, and forgets nothing', async () => {
    await stack.up();
    await query('postgres', 'pg-password', 'create table kept (id int)');
    const pids = (await stack.target.control.status()).map(({ pid }) => pid ?? 0);
    await stack.down();
    for (const pid of pids) expect(identifyProcess(pid)).toBeNull();
    const stops = (await journal()).filter((line) => line.startsWith('stopped'));
    expect(stops[0]).toBe('stopped admin');
    await stack.up();
    expect(await query('postgres', 'pg-password', 'select * from kept')).toEqual([]);
  });

  test('a service that ignores its signal is killed after its time', async () => {
    await stack.up();
    await stack.tell('meta', 'ignores-term');
    await stack.target.control.act('meta', 'stop');
    expect(await stack.status('meta')).toMatchObject({ state: 'stopped', pid: null, detail: expect.stringContaining('was killed') });
  });

  test('--volumes removes every trace', async () => {
    await stack.up();
    await stack.down(true);
    await expect(stat(join(stack.dir, '.supastor/default'))).rejects.toThrow('ENOENT');
  });
});

describe('crashes', () => {
  test.each(['postgres', 'storage', 'meta', 'admin'] as const)('kill -9 of %s: it is started again', async (name) => {
    await stack.up();
    const pid = await stack.pid(name);
    process.kill(pid, 'SIGKILL');
    await isGone(pid);
    await poll(async () => ((await stack.status(name)).restarts === 1 ? true : null), 'a restart');
    const status = await stack.until(name, 'healthy');
    expect(status.pid).not.toBe(pid);
    expect((await stack.up()).steps).toEqual([]);
  });

  test('a crash loop ends in crashed, with the reason', async () => {
    await stack.up();
    await stack.tell('admin', 'exits');
    process.kill(await stack.pid('admin'), 'SIGKILL');
    const status = await stack.until('admin', 'crashed');
    expect(status.detail).toContain('exited with code 7 while starting; given up after 3 restarts');
    expect(status.detail).toContain('the fixture was told to exit');
  });

  test('a service that turns sick is unhealthy, and healthy again', async () => {
    await stack.up();
    await stack.tell('meta', 'sick');
    expect((await stack.until('meta', 'unhealthy')).detail).toContain('answers 503');
    await stack.untell('meta', 'sick');
    await stack.until('meta', 'healthy');
  });

  test('kill -9 of the supervisor: services live on, are seen, and are adopted by the next', async () => {
    await stack.up();
    const before = (await stack.target.control.status()).map(({ pid }) => pid);
    process.kill(stack.supervisorPid(), 'SIGKILL');
    await isGone(stack.supervisorPid());
    const observed = await stack.target.observe(null);
    expect(observed.supervisor).toBe('dead');
    expect(observed.services.map(({ status }) => status.pid)).toEqual(before);
    const plan = await stack.up();
    expect(kinds(plan)).toEqual(['start-supervisor']);
    const after = await stack.target.control.status();
    expect(after.map(({ pid }) => pid)).toEqual(before);
    expect(after.map(({ state }) => state)).toEqual(['healthy', 'healthy', 'healthy', 'healthy']);
    process.kill(before[1] ?? 0, 'SIGKILL');
    await poll(async () => ((await stack.status('storage')).restarts === 1 ? true : null), 'a restart');
    await stack.until('storage', 'healthy');
  });

  test('after kill -9 of the supervisor, what is not as desired is replaced', async () => {
    await stack.up();
    const pid = await stack.pid('storage');
    process.kill(stack.supervisorPid(), 'SIGKILL');
    await isGone(stack.supervisorPid());
    expect(kinds(await stack.up({ storage: { fileSizeLimit: 1000 } }))).toEqual(['start-supervisor', 'restart storage']);
    expect(await stack.pid('storage')).not.toBe(pid);
    expect(identifyProcess(pid)).toBeNull();
  });

  test('kill -9 of everything at once: up starts everything again', async () => {
    await stack.up();
    const pids = [stack.supervisorPid(), ...(await stack.target.control.status()).map(({ pid }) => pid ?? 0)];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    for (const pid of pids) await isGone(pid);
    await stack.up();
    expect((await stack.target.control.status()).every(({ state }) => state === 'healthy')).toBe(true);
  });

  test('down works without a supervisor', async () => {
    await stack.up();
    const pids = (await stack.target.control.status()).map(({ pid }) => pid ?? 0);
    process.kill(stack.supervisorPid(), 'SIGKILL');
    await isGone(stack.supervisorPid());
    await stack.down();
    for (const pid of pids) expect(identifyProcess(pid)).toBeNull();
  });

  test('a process of this stack that nobody knows is ended by the next supervisor', async () => {
    const stray = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      detached: true,
      stdio: 'ignore',
      env: { SUPASTOR_STACK_ID: stack.target.paths.id },
    });
    await new Promise((resolve) => stray.once('spawn', resolve));
    await stack.up();
    await isGone(stray.pid ?? 0);
  });
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
