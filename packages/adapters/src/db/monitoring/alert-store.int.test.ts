import { randomUUID } from 'node:crypto';
import { alertThresholdsSchema } from '@supastor/contract/config/monitoring';
import { createAlerting } from '@supastor/core/monitoring/alerting';
import type { Channel } from '@supastor/core/monitoring/channel.port';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminDatabase, createAdminDatabase } from '../admin-database.ts';

const SECOND = 1000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let postgres: TempPostgres;
const databases: AdminDatabase[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await postgres.stop();
});

/** Two servers over one database, with a clock of the past: what is due by it is due for Postgres. */
async function setUp(name: string) {
  const url = await postgres.createDatabase(name);
  const clock = { ms: Date.now() - 20 * 86_400_000, now: () => clock.ms };
  const sent: string[] = [];
  const events: string[] = [];
  const state = { isChannelDown: false };
  const channel: Channel = {
    name: 'webhook',
    async send({ notices }) {
      if (state.isChannelDown) throw new Error('the webhook answers 503');
      sent.push(notices.map(({ kind, rule }) => `${kind} ${rule}`).join(', '));
    },
  };
  const servers = Array.from({ length: 2 }, () => {
    const database = createAdminDatabase({ url, onIdleError: () => {} });
    databases.push(database);
    const alerting = createAlerting({
      store: database.alerts,
      metrics: database.metrics,
      thresholds: alertThresholdsSchema.parse({}),
      channels: [channel],
      groupMs: 0,
      repeatMs: 3600 * SECOND,
      site: () => ({ name: 'shop', link: null }),
      onEvent: (kind, alert) => events.push(`${kind} ${alert.rule}`),
      clock,
      ids: { next: () => randomUUID() },
      logger: silent,
    });
    return { database, alerting };
  });
  const [one, two] = servers;
  if (!one || !two) throw new Error('two servers were made');
  const damage = async (count: number) => {
    await one.database.metrics.write(15, [
      { instance: 'postgres', atMs: clock.ms - (clock.ms % 15_000), points: { 'damage.open': [count, 1] } },
    ]);
  };
  const all = [...servers, ...servers].map(({ alerting }) => alerting);
  const look = async () => {
    await Promise.all(all.map((alerting) => alerting.evaluate()));
    await Promise.all(all.map((alerting) => alerting.deliver(AbortSignal.timeout(10_000))));
  };
  return { one, two, clock, sent, events, state, damage, look };
}

describe('alerts of several servers', () => {
  it('fire, repeat and resolve once, however many judge and send at the same time', async () => {
    const { one, clock, sent, events, damage, look } = await setUp('once');
    for (const count of [3, 3]) {
      await damage(count);
      await look();
      clock.ms += 15 * SECOND;
    }
    expect([sent, events]).toEqual([['fired damage'], ['fired damage']]);
    clock.ms += 3600 * SECOND;
    await damage(4);
    await look();
    expect(sent).toEqual(['fired damage', 'repeated damage']);
    clock.ms += 120 * SECOND;
    await damage(0);
    await look();
    expect([sent.at(-1), sent.length, events]).toEqual(['resolved damage', 3, ['fired damage', 'resolved damage']]);
    expect(await one.alerting.list(['resolved'], 10)).toMatchObject([{ rule: 'damage', state: 'resolved', value: 4 }]);
  });

  it('are told once the channel is back, after a pause', async () => {
    const { one, sent, state, damage, look } = await setUp('down');
    state.isChannelDown = true;
    await damage(1);
    await look();
    expect([sent, await one.database.alerts.claim('webhook', 0)]).toEqual([[], []]);
    state.isChannelDown = false;
    await endPauses(one.database);
    await look();
    expect(sent).toEqual(['fired damage']);
  });

  it('say who is at it, and that is kept when the figure changes', async () => {
    const { one, two, clock, damage, look } = await setUp('acknowledged');
    for (const count of [1, 2]) {
      await damage(count);
      await look();
      clock.ms += 15 * SECOND;
    }
    const [alert] = await one.alerting.list(['firing'], 10);
    await two.alerting.acknowledge(alert?.id ?? '', 'me@example.org', 'on it');
    await damage(5);
    await look();
    expect(await one.alerting.list(['firing'], 10)).toMatchObject([{ value: 5, acknowledgedBy: 'me@example.org', note: 'on it' }]);
    expect(await one.alerting.acknowledge(randomUUID(), 'me@example.org', null)).toBeNull();
  });

  it('are not told while silenced on any server', async () => {
    const { one, two, clock, sent, damage, look } = await setUp('silenced');
    const silence = await two.alerting.silence({ rule: 'damage', subject: null, reason: 'known', by: 'me@example.org' }, 60 * 86_400_000);
    for (const count of [1, 2]) {
      await damage(count);
      await look();
      clock.ms += 15 * SECOND;
    }
    expect([sent, (await one.alerting.list(['firing'], 10))[0]?.silencedUntil]).toEqual([[], silence.until]);
    expect(await one.alerting.unsilence(silence.id)).toMatchObject({ reason: 'known' });
    expect(await one.alerting.unsilence(silence.id)).toBeNull();
    await damage(2);
    await look();
    expect(sent).toEqual(['fired damage']);
  });
});

/** Makes what waits for a second attempt due now. */
async function endPauses(database: AdminDatabase): Promise<void> {
  const all = Array.from({ length: 20 }, (_, at) => String(at + 1));
  await database.alerts.postpone(all, -1, 'again');
}
