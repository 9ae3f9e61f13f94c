import { configSchema } from '@supastor/contract/config/schema';
import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import { describe, expect, test } from 'vitest';
import { signJwt } from '../secrets/jwt.ts';
import * as machine from './machine-checks.ts';
import * as project from './project-checks.ts';
import * as stack from './stack-checks.ts';

const MIB = 1024 ** 2;
const NOW_MS = Date.UTC(2026, 5, 1);

describe('checks of the machine', () => {
  test('Node.js must be 24 or newer', () => {
    expect(machine.checkNode('24.0.0').status).toBe('ok');
    expect(machine.checkNode('20.20.2').status).toBe('fail');
  });

  test('the programs of Postgres must be there and executable', () => {
    expect(machine.checkPostgresPrograms('linux-x64', '17.1', []).status).toBe('ok');
    expect(machine.checkPostgresPrograms('linux-x64', null, []).status).toBe('fail');
    expect(machine.checkPostgresPrograms('linux-x64', '17.1', ['/x/initdb']).detail).toContain('/x/initdb');
  });

  test.each([
    [10 * 1024 * MIB, 1_000_000, 'ok'],
    [10 * 1024 * MIB, null, 'ok'],
    [500 * MIB, 1_000_000, 'warn'],
    [100 * MIB, 1_000_000, 'fail'],
    [10 * 1024 * MIB, 12, 'fail'],
  ])('disk with %i bytes and %s inodes free: %s', (bytes, inodes, status) => {
    expect(machine.checkDisk(bytes, inodes).status).toBe(status);
  });

  test.each([
    [4096 * MIB, 'ok'],
    [400 * MIB, 'warn'],
    [100 * MIB, 'fail'],
  ])('memory of %i bytes: %s', (bytes, status) => {
    expect(machine.checkMemory(bytes).status).toBe(status);
  });

  test.each([
    [null, 'ok'],
    [65_536, 'ok'],
    [2048, 'warn'],
    [256, 'fail'],
  ])('a limit of %s open files: %s', (limit, status) => {
    expect(machine.checkOpenFiles(limit).status).toBe(status);
  });

  test.each([
    [null, 'skip'],
    [16 * MIB, 'warn'],
    [64 * MIB, 'ok'],
  ])('shared memory of %s bytes: %s', (bytes, status) => {
    expect(machine.checkSharedMemory(bytes).status).toBe(status);
  });

  test('a clock that stands before the keys were signed is wrong', () => {
    expect(machine.checkClock(NOW_MS, null).status).toBe('ok');
    expect(machine.checkClock(0, null).status).toBe('fail');
    expect(machine.checkClock(NOW_MS, NOW_MS / 1000 + 3600).status).toBe('fail');
  });

  test('a socket path must fit', () => {
    expect(machine.checkSocketPath('/run/x/pg/.s.PGSQL.5432').status).toBe('ok');
    expect(machine.checkSocketPath('x'.repeat(108)).status).toBe('fail');
    expect(machine.checkSocketPath(null).status).toBe('fail');
  });
});

describe('checks of the project', () => {
  const jwtSecret = 's'.repeat(40);

  test('missing secrets fail', () => {
    expect(project.checkSecrets(configSchema.parse({})).status).toBe('fail');
  });

  test('keys that do not fit the secret fail', () => {
    const keys = (secret: string) =>
      configSchema.parse({
        auth: { jwtSecret, anonKey: signJwt({ role: 'anon' }, secret), serviceRoleKey: signJwt({ role: 'service_role' }, secret) },
      });
    expect(project.checkKeys(keys(jwtSecret), NOW_MS).status).toBe('ok');
    expect(project.checkKeys(keys('other'), NOW_MS).status).toBe('fail');
    expect(project.checkKeys(configSchema.parse({}), NOW_MS).status).toBe('skip');
  });

  test.each([
    [null, 'skip'],
    [0o600, 'ok'],
    [0o400, 'ok'],
    [0o640, 'fail'],
    [0o644, 'fail'],
  ])('.env with mode %s: %s', (mode, status) => {
    expect(project.checkEnvMode(mode).status).toBe(status);
  });

  test.each([
    [null, 'skip'],
    [['.env', '.supastor/'], 'ok'],
    [['/.env', '/.supastor'], 'ok'],
    [['.env*', '.supastor/**'], 'ok'],
    [['.env'], 'fail'],
    [['# .env', '.supastor'], 'fail'],
  ])('.gitignore of %j: %s', (lines, status) => {
    expect(project.checkGitignore(lines).status).toBe(status);
  });

  test('listeners that others can reach are found', () => {
    expect(project.checkExposure(configSchema.parse({})).status).toBe('ok');
    expect(project.checkExposure(configSchema.parse({ meta: { host: '0.0.0.0' } })).status).toBe('fail');
    expect(project.checkExposure(configSchema.parse({ admin: { host: '0.0.0.0' } })).status).toBe('warn');
    expect(project.checkExposure(configSchema.parse({ postgres: { managed: false, host: 'db.example.com' } })).status).toBe('ok');
  });
});

describe('checks of the stack', () => {
  const service: ServiceStatus = {
    name: 'storage',
    state: 'healthy',
    specHash: null,
    pid: 1,
    ports: { http: 5000 },
    startedAt: null,
    restarts: 0,
    cpuCores: null,
    rssBytes: null,
    instances: [],
    detail: null,
  };

  test('only ports of others are worth a warning', () => {
    expect(
      stack.checkPorts([
        { name: 'storage', port: 5000, holder: 'us' },
        { name: 'admin', port: 8080, holder: 'nobody' },
      ]).status,
    ).toBe('ok');
    expect(stack.checkPorts([{ name: 'storage', port: 5000, holder: 'other' }]).detail).toContain('5000 (storage)');
  });

  test('the supervisor may be absent, running, stale or stuck', () => {
    expect(stack.checkSupervisor({ kind: 'absent' }).status).toBe('skip');
    expect(stack.checkSupervisor({ kind: 'running', services: [] }).status).toBe('ok');
    expect(stack.checkSupervisor({ kind: 'stale', detail: 'left over' }).status).toBe('warn');
    expect(stack.checkSupervisor({ kind: 'unreachable', pid: 7 }).status).toBe('fail');
  });

  test('a service that is not healthy fails, with the reason', () => {
    expect(stack.checkServices({ kind: 'running', services: [service] }).status).toBe('ok');
    const crashed = stack.checkServices({ kind: 'running', services: [{ ...service, state: 'crashed', detail: 'exit 1' }] });
    expect([crashed.status, crashed.detail]).toEqual(['fail', 'storage crashed (exit 1)']);
    expect(stack.checkServices({ kind: 'absent' }).status).toBe('skip');
  });

  test('the user of Postgres must exist and reach the project', () => {
    expect(stack.checkPostgresUser({ root: false, user: true, blocking: null }).status).toBe('ok');
    expect(stack.checkPostgresUser({ root: true, user: true, blocking: null }).status).toBe('ok');
    expect(stack.checkPostgresUser({ root: true, user: true, blocking: '/root' }).status).toBe('warn');
    expect(stack.checkPostgresUser({ root: true, user: false, blocking: null }).status).toBe('fail');
  });

  test('every finding comes with a fix', () => {
    expect(stack.checkStateDir('/x', 'EACCES').fix).toContain('/x');
    expect(stack.checkStateDir('/x', null).fix).toBeNull();
  });
});
