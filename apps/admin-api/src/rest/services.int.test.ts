import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, type ControlHarness, startAdminHarness, startControlHarness } from '../testing/admin-harness.ts';

let control: ControlHarness;
let admin: AdminHarness;
let token: string;

beforeAll(async () => {
  control = await startControlHarness();
  admin = await startAdminHarness({ controlSocket: control.socketPath });
  token = await admin.login();
});
afterAll(async () => {
  await admin.stop();
  await control.stop();
});

describe('services over the control socket', () => {
  it('are listed with their states', async () => {
    const { status, body } = await admin.call('GET', '/api/v1/services', { token });
    expect(status).toBe(200);
    expect(body.services.map(({ name }: { name: string }) => name)).toEqual(['postgres', 'storage', 'meta', 'admin']);
  });

  it('are stopped, started and restarted', async () => {
    expect(await admin.call('POST', '/api/v1/services/storage/stop', { token })).toMatchObject({ status: 200, body: { state: 'stopped' } });
    expect(await admin.call('POST', '/api/v1/services/storage/start', { token })).toMatchObject({
      status: 200,
      body: { state: 'healthy' },
    });
    expect(await admin.call('POST', '/api/v1/services/meta/restart', { token })).toMatchObject({ status: 200, body: { state: 'healthy' } });
    expect(control.stack.actions).toEqual(['stop storage', 'start storage', 'restart meta']);
  });

  it('answer before this very server is restarted', async () => {
    const { status, body } = await admin.call('POST', '/api/v1/services/admin/restart', { token });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'admin', state: 'stopping' });
    await expect.poll(() => control.stack.actions.at(-1)).toBe('restart admin');
  });

  it('refuse a name that is no service', async () => {
    expect((await admin.call('POST', '/api/v1/services/cron/stop', { token })).status).toBe(400);
  });

  it('give their last log lines, oldest first', async () => {
    for (const msg of ['one', 'two', 'three']) control.stack.log({ service: 'storage', msg });
    control.stack.log({ service: 'meta', msg: 'other' });
    const { body } = await admin.call('GET', '/api/v1/services/storage/logs?tail=2', { token });
    expect(body.records.map(({ msg }: { msg: string }) => msg)).toEqual(['two', 'three']);
  });

  it('are out of reach without a supervisor, with a hint', async () => {
    const lonely = await startAdminHarness();
    try {
      const { status, body } = await lonely.call('GET', '/api/v1/services', { token: await lonely.login() });
      expect(status).toBe(503);
      expect(body).toMatchObject({ code: 'SJ_SUPERVISOR_UNREACHABLE', hint: expect.stringContaining('supastor up') });
    } finally {
      await lonely.stop();
    }
  });
});
