import { notifySchema } from '@supastor/contract/config/monitoring';
import { parsePrometheusText } from '@supastor/core/monitoring/prometheus-text';
import { type FakeChat, startFakeNtfy } from '@supastor/testkit/fakes/fake-chat-services';
import { type JsonReceiver, startJsonReceiver } from '@supastor/testkit/harness/json-receiver';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, type ControlHarness, QUIET, startAdminHarness, startControlHarness } from '../testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const SCRAPE_TOKEN = 'scrape-token-of-these-tests';

let storage: StorageProcess;
let database: Pool;
let hook: JsonReceiver;
let ntfy: FakeChat;
let control: ControlHarness;
let admins: AdminHarness[];
let token: string;

beforeAll(async () => {
  storage = await startStorageProcess();
  database = new Pool({ connectionString: storage.databaseUrl, max: 1 });
  hook = await startJsonReceiver(() => ({ status: 204, body: '' }));
  ntfy = await startFakeNtfy({ topic: 'alerts', token: 'tk_right' });
  const notify = notifySchema.parse({
    webhookUrl: `${hook.url}/hook`,
    ntfyUrl: `${ntfy.url}/alerts`,
    ntfyToken: 'tk_wrong',
    allowPrivate: true,
    groupSeconds: 0,
  });
  control = await startControlHarness();
  const start = () =>
    startAdminHarness({
      ...storage.forAdmin,
      controlSocket: control.socketPath,
      publicUrl: 'http://files.example.org',
      monitoring: { ...QUIET, isEnabled: true, periodMs: 300, scrapeUrls: [storage.url], scrapeToken: SCRAPE_TOKEN, notify },
    });
  admins = [await start(), await start()];
  token = (await admins[0]?.login()) ?? '';
}, 120_000);

afterAll(async () => {
  await Promise.all(admins.map((admin) => admin.stop()));
  await control.stop();
  await Promise.all([hook.stop(), ntfy.stop(), database.end()]);
  await storage.stop();
});

const call = async (method: string, path: string, body?: unknown) => {
  const answer = await admins[1]?.call(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });
  return { status: answer?.status, body: answer?.body };
};
const firing = async (): Promise<{ id: string; rule: string }[]> => (await call('GET', '/alerts?state=firing')).body.alerts;
const told = () => hook.requests.map(({ body }) => JSON.parse(body)).filter(({ alerts }) => alerts[0].kind !== 'test');

describe('alerts', () => {
  it('of two servers fire once, are told once with where to look, and say who is at it', async () => {
    await database.query(`insert into storage.damaged_blobs (version, found_by, reason) values ('v1', 'scrub', 'altered')`);
    await expect.poll(async () => (await firing()).map(({ rule }) => rule), PATIENCE).toEqual(['damage']);
    await expect.poll(() => told().length, PATIENCE).toBe(1);
    expect(told()[0]).toMatchObject({
      severity: 'critical',
      status: 'firing',
      link: 'http://files.example.org/alerts',
      alerts: [{ kind: 'fired', rule: 'damage', summary: 'Stored bytes are damaged: 1, limit 0' }],
    });
    const [alert] = await firing();
    const acknowledged = await call('POST', `/alerts/${alert?.id}/acknowledge`, { note: 'restoring' });
    expect(acknowledged.body).toMatchObject({ rule: 'damage', acknowledgedBy: 'admin@localhost.local', note: 'restoring' });
    expect(told()).toHaveLength(1);
  }, 120_000);

  it('can be silenced, and the silence ended', async () => {
    const { body: silence, status } = await call('POST', '/alerts/silences', {
      rule: 'damage',
      minutes: 30,
      reason: 'restore is under way',
    });
    expect([status, silence]).toMatchObject([200, { rule: 'damage', subject: null, by: 'admin@localhost.local' }]);
    expect((await call('GET', '/alerts')).body.alerts).toMatchObject([{ rule: 'damage', silencedUntil: silence.until }]);
    expect((await call('GET', '/alerts/silences')).body.silences).toMatchObject([{ id: silence.id }]);
    expect((await call('DELETE', `/alerts/silences/${silence.id}`)).status).toBe(200);
    expect((await call('DELETE', `/alerts/silences/${silence.id}`)).status).toBe(404);
    expect((await call('POST', '/alerts/silences', { minutes: 0, reason: '' })).status).toBe(400);
  });

  it('are tried out through each channel, and what one of them refuses is said', async () => {
    const { body } = await call('POST', '/alerts/test', {});
    expect(body.results).toEqual([
      { channel: 'webhook', ok: true, error: null },
      { channel: 'ntfy', ok: false, error: expect.stringContaining('ntfy answers 401') },
    ]);
    expect(JSON.parse(hook.requests.at(-1)?.body ?? '')).toMatchObject({ alerts: [{ kind: 'test' }] });
    const missing = await call('POST', '/alerts/test', { channel: 'slack' });
    expect([missing.status, missing.body.detail ?? missing.body.message]).toEqual([409, expect.stringContaining('slack is not set up')]);
  });

  it('have rules with thresholds and the same condition for Prometheus', async () => {
    const { body } = await call('GET', '/alerts/rules');
    expect(body.rules.find(({ rule }: { rule: string }) => rule === 'database-connections')).toMatchObject({
      threshold: 0.85,
      promql: 'max(supastor_postgres_connections) / (max(supastor_postgres_max_connections)) > 0.85',
    });
  });
});

describe('/metrics', () => {
  it('is for who has the token or the permission, and holds figures of the business', async () => {
    const admin = admins[0];
    expect((await admin?.call('GET', '/metrics'))?.status).toBe(401);
    expect((await admin?.call('GET', '/metrics', { token: `${SCRAPE_TOKEN}x` }))?.status).toBe(401);
    expect((await admin?.call('GET', '/metrics', { token }))?.status).toBe(200);
    const answer = await admin?.call('GET', '/metrics', { token: SCRAPE_TOKEN });
    const samples = parsePrometheusText(answer?.body);
    const value = (name: string, labels = {}) =>
      samples.find((sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text))?.value;
    expect(value('supastor_operations_total', { operation: 'session.login', outcome: 'done' })).toBeGreaterThan(0);
    expect(value('supastor_postgres_max_connections')).toBeGreaterThan(0);
    expect(value('supastor_damage_open')).toBe(1);
    expect(value('supastor_alerts_firing', { rule: 'damage', severity: 'critical' })).toBe(1);
    expect(value('supastor_audit_rows')).toBeGreaterThan(0);
    expect(value('supastor_service_memory_bytes', { service: 'storage' })).toBe(1024);
    expect(value('supastor_service_cpu_cores', { service: 'storage' })).toBe(0.5);
  });
});
