import { createStatus, createTestConfig, observeNothing, observeRunning, preferredPorts } from './testing/fixtures.ts';
import { describe, expect, test } from 'vitest';
import { buildDesiredStack, type DesiredStack } from './desired.ts';
import { planStack, planTeardown } from './plan.ts';
import { printPlan, viewPlan } from './plan-print.ts';
import type { ObservedStack } from './stack-target.port.ts';

const desire = (changes = {}): DesiredStack => buildDesiredStack(createTestConfig(changes), 'default');
const text = (desired: DesiredStack, observed: ObservedStack) => printPlan(viewPlan(planStack(desired, observed)));
const stopped = (observed: ObservedStack): ObservedStack => ({
  ...observed,
  supervisor: 'absent',
  services: observed.services.map(({ spec, status }) => ({ spec, status: { ...status, state: 'stopped', pid: null } })),
});

describe('planStack', () => {
  test('an empty machine gets data, the supervisor and every service in dependency order', () => {
    const desired = desire();
    expect(text(desired, observeNothing(desired))).toBe(
      [
        'demo (default): 7 steps',
        '  + start   supervisor',
        '  + create  data of postgres (postgres)',
        '  + start   postgres on 127.0.0.1:5432 (not running)',
        '  + create  data of storage (objects)',
        '  + start   storage on 127.0.0.1:5000 (not running)',
        '  + start   meta on 127.0.0.1:8081 (not running)',
        '  + start   admin on 127.0.0.1:8080 (not running)',
      ].join('\n'),
    );
    const plan = planStack(desired, observeNothing(desired));
    expect(Object.fromEntries(plan.steps.map((step) => [step.id, step.after]))).toEqual({
      supervisor: [],
      'create postgres': [],
      'create objects': [],
      'service postgres': ['supervisor', 'create postgres'],
      'service storage': ['supervisor', 'create objects', 'service postgres'],
      'service meta': ['supervisor', 'service postgres'],
      'service admin': ['supervisor', 'service storage', 'service meta'],
    });
  });

  test('a stack that runs as desired needs nothing', () => {
    const desired = desire();
    expect(text(desired, observeRunning(desired))).toBe(
      'demo (default): nothing to do\n  = keep    postgres\n  = keep    storage\n  = keep    meta\n  = keep    admin',
    );
  });

  test('a changed log level restarts those that read it and says why', () => {
    const observed = observeRunning(desire());
    expect(text(desire({ logging: { level: 'debug' } }), observed)).toBe(
      [
        'demo (default): 3 steps',
        '  ~ restart storage on 127.0.0.1:5000 (environment changed: LOG_LEVEL)',
        '  ~ restart meta on 127.0.0.1:8081 (environment changed: LOG_LEVEL)',
        '  ~ restart admin on 127.0.0.1:8080 (environment changed: LOG_LEVEL)',
        '  = keep    postgres',
      ].join('\n'),
    );
  });

  test('a setting of one service restarts only that service', () => {
    const plan = planStack(desire({ storage: { fileSizeLimit: '1MB' } }), observeRunning(desire()));
    expect(plan.steps).toMatchObject([{ kind: 'restart', service: 'storage', reason: 'environment changed: UPLOAD_FILE_SIZE_LIMIT' }]);
  });

  test('a setting that only the supervisor uses restarts no process', () => {
    const plan = planStack(desire({ restart: { maxRestarts: 9 } }), observeRunning(desire()));
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['update', 'update', 'update', 'update']);
    expect(plan.steps[0]).toMatchObject({ reason: 'restart changed' });
  });

  test('a plan shows names of changed secrets, never their values', () => {
    const desired = desire({ auth: { ...createTestAuth(), jwtSecret: 'another-secret-0123456789-0123456789' } });
    const view = JSON.stringify(viewPlan(planStack(desired, observeRunning(desire()))));
    expect(view).toContain('AUTH_JWT_SECRET');
    expect(view).not.toContain('another-secret');
    expect(view).not.toContain('pg-password');
  });

  test('a taken port is replaced, said, and moves those that refer to it', () => {
    const desired = desire();
    const ports = preferredPorts(desired).map((choice) => (choice.service === 'postgres' ? { ...choice, chosen: 5433 } : choice));
    const plan = planStack(desired, { ...observeRunning(desired), ports });
    expect(plan.notes).toEqual(['port 5432, wanted by postgres.postgres, is taken on 127.0.0.1: using 5433 instead']);
    expect(plan.steps.map((step) => ('reason' in step ? step.reason : ''))).toEqual([
      'port postgres changed: 127.0.0.1:5432 -> 127.0.0.1:5433',
      'postgres.postgres moved: 127.0.0.1:5432 -> 127.0.0.1:5433',
      'postgres.postgres moved: 127.0.0.1:5432 -> 127.0.0.1:5433',
      'postgres.postgres moved: 127.0.0.1:5432 -> 127.0.0.1:5433',
    ]);
  });

  test('a remembered port is kept, and replaced aloud when it is taken too', () => {
    const desired = desire();
    const note = (remembered: number, chosen: number) => {
      const ports = preferredPorts(desired).map((choice) => (choice.service === 'meta' ? { ...choice, remembered, chosen } : choice));
      return planStack(desired, { ...observeRunning(desired), ports }).notes;
    };
    expect(note(8090, 8090)).toEqual(['meta.http keeps port 8090, chosen earlier because 8081 was taken']);
    expect(note(8090, 8091)).toEqual(['port 8090, which meta.http used before, is taken on 127.0.0.1: using 8091 instead']);
    expect(note(8081, 8081)).toEqual([]);
  });

  test('services of a dead supervisor are adopted', () => {
    const desired = desire();
    const plan = planStack(desired, observeRunning(desired, { supervisor: 'dead', supervisorPid: null }));
    expect(plan.steps).toEqual([
      { id: 'supervisor', kind: 'start-supervisor', after: [], adopts: ['postgres', 'storage', 'meta', 'admin'] },
    ]);
    expect(plan.unchanged).toHaveLength(4);
  });

  test('an unhealthy service is restarted, unless what it depends on is down', () => {
    const desired = desire();
    const running = observeRunning(desired);
    const withStates = (states: Readonly<Record<string, 'unhealthy' | 'crashed'>>): ObservedStack => ({
      ...running,
      services: running.services.map(({ spec, status }) => ({
        spec,
        status: createStatus(status.name, { state: states[status.name] ?? 'healthy', detail: 'boom' }),
      })),
    });
    expect(planStack(desired, withStates({ storage: 'unhealthy' })).steps).toMatchObject([
      { kind: 'restart', service: 'storage', reason: 'unhealthy: boom' },
    ]);
    expect(planStack(desired, withStates({ postgres: 'crashed', storage: 'unhealthy' })).steps).toMatchObject([
      { kind: 'start', service: 'postgres', reason: 'crashed: boom' },
      { kind: 'start', service: 'storage', after: ['service postgres'] },
    ]);
  });

  test('a service that is not wanted any more is stopped and forgotten', () => {
    const desired = desire({ storage: { managed: false, endpoint: 'https://files.example.com' } });
    const plan = planStack(desired, { ...observeRunning(desire()), ports: preferredPorts(desired) });
    expect(plan.steps[0]).toMatchObject({ kind: 'stop', service: 'storage', forget: true });
  });
});

describe('planTeardown', () => {
  const stack = { project: 'demo', environment: 'default' };

  test('stops in reverse order and keeps the data', () => {
    const plan = planTeardown(stack, observeRunning(desire()), { removeVolumes: false });
    expect(plan.destructive).toBe(false);
    expect(Object.fromEntries(plan.steps.map((step) => [step.id, step.after]))).toEqual({
      'stop postgres': ['stop storage', 'stop meta'],
      'stop storage': ['stop admin'],
      'stop meta': ['stop admin'],
      'stop admin': [],
      'stop-supervisor': ['stop postgres', 'stop storage', 'stop meta', 'stop admin'],
    });
  });

  test('removes data last, and only when asked', () => {
    const plan = planTeardown(stack, stopped(observeRunning(desire())), { removeVolumes: true });
    expect(plan.destructive).toBe(true);
    expect(printPlan(viewPlan(plan))).toBe('demo (default): 1 step\n  - DESTROY all data: postgres, objects');
  });

  test('services without a supervisor get one that stops them', () => {
    const plan = planTeardown(stack, observeRunning(desire(), { supervisor: 'dead' }), { removeVolumes: false });
    expect(plan.steps[0]).toMatchObject({ kind: 'start-supervisor', adopts: ['postgres', 'storage', 'meta', 'admin'] });
    expect(plan.steps.at(-1)).toMatchObject({ kind: 'stop-supervisor' });
  });

  test('nothing runs, nothing is done', () => {
    expect(planTeardown(stack, stopped(observeRunning(desire())), { removeVolumes: false }).steps).toEqual([]);
  });
});

function createTestAuth() {
  return { anonKey: 'anon.key', serviceRoleKey: 'service.key', s3AccessKeyId: 's3-id', s3AccessKeySecret: 's3-secret' };
}
