import { createEventBus } from '@supastor/core/events/event-bus';
import type { EventLog, StoredEvent } from '@supastor/core/events/event-log.port';
import { createSharedEvents } from '@supastor/core/events/shared-events';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAdminDatabase } from '../admin-database.ts';
import { startPresence } from '../presence.ts';
import { EVENTS_CHANNEL } from './event-store.ts';

const PATIENCE = { timeout: 20_000 };
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let postgres: TempPostgres;
let url: string;
let count = 0;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => postgres.stop());

async function newDatabase(): Promise<void> {
  count += 1;
  url = await postgres.createDatabase(`events_${count}`);
}

function openLog(name = 'a'): EventLog {
  const database = createAdminDatabase({ url, processId: name, onIdleError: () => {} });
  ends.push(() => database.close());
  return database.events;
}

/** One server: its bus over the log, woken by notifications. */
async function openServer(name: string) {
  const log = openLog(name);
  const bus = createEventBus({ onHandlerError: () => {} });
  const events = createSharedEvents({ bus, log, origin: name, logger: silent });
  const [heard, streamed]: [string[], string[]] = [[], []];
  events.on('bucket.created', ({ bucket }) => heard.push(bucket));
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  const presence = startPresence({
    url,
    processId: name,
    channels: { [EVENTS_CHANNEL]: () => void events.wake() },
    onConnected: () => void events.wake().then(resolve),
  });
  ends.push(async () => {
    await events.stop();
    await presence.close();
  });
  await connected;
  events.follow({ event: ({ payload }) => streamed.push(String(payload['bucket'])), lost: () => streamed.push('lost') });
  return { events, heard, streamed };
}

async function sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text).finally(() => client.end());
  return rows;
}

const draft = (bucket: string) => ({ name: 'bucket.created', payload: { bucket }, origin: 'test' });
const created = (events: readonly StoredEvent[]) => events.map(({ payload }) => payload['bucket']);

describe('the event log', () => {
  it('hides no event from a reader that follows it, whatever order transactions end in', async () => {
    await newDatabase();
    const [reader, ...writers] = ['r', 'a', 'b', 'c'].map(openLog);
    await reader?.read(0, 1);
    let isWriting = true;
    const writing = Promise.all(
      writers.map(async (log, writer) => {
        for (let batch = 0; batch < 40; batch += 1) await log.append([draft(`${writer}-${batch}-0`), draft(`${writer}-${batch}-1`)]);
      }),
    ).finally(() => (isWriting = false));
    const seen: StoredEvent[] = [];
    for (let isLast = false; !isLast;) {
      isLast = !isWriting;
      const page = await reader?.read(seen.at(-1)?.id ?? 0, 50);
      seen.push(...(page?.events ?? []));
      if ((page?.events.length ?? 0) > 0) isLast = false;
    }
    await writing;
    expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 240 }, (_, index) => index + 1));
    expect(new Set(created(seen)).size).toBe(240);
  });

  it('gives no id to what is rolled back', async () => {
    await newDatabase();
    const log = openLog();
    await log.append([draft('one')]);
    await expect(log.append([draft('two'), { ...draft('three'), name: 'a\u0000b' }])).rejects.toThrow();
    await log.append([draft('four')]);
    expect((await log.read(0, 10)).events).toMatchObject([{ id: 1 }, { id: 2, payload: { bucket: 'four' } }]);
  });

  it('removes what is old or too much, and says up to where', async () => {
    await newDatabase();
    const log = openLog();
    await log.append(Array.from({ length: 5 }, (_, index) => draft(`b${index}`)));
    await sql(`update supastor.events set at = now() - interval '2 hours' where id <= 2`);
    await log.prune();
    expect(await log.read(0, 10)).toMatchObject({ prunedThrough: 2, lastId: 5, events: [{ id: 3 }, { id: 4 }, { id: 5 }] });
    await sql(`update supastor.event_state set last_id = 50003`);
    await log.prune();
    await log.prune();
    expect(await log.read(4, 10)).toMatchObject({ prunedThrough: 3, events: [{ id: 5 }] });
  });
});

describe('servers that share a log', () => {
  it('hear of each other, each event once, and tell their streams in one order', async () => {
    await newDatabase();
    const [a, b] = [await openServer('a'), await openServer('b')];
    for (let index = 0; index < 20; index += 1) (index % 2 === 0 ? a : b).events.emit('bucket.created', { bucket: String(index) });
    await expect.poll(() => [a.heard.length, b.heard.length, a.streamed.length, b.streamed.length], PATIENCE).toEqual([20, 20, 20, 20]);
    expect(a.streamed).toEqual(b.streamed);
    expect(new Set(a.heard).size).toBe(20);
  });

  it('miss nothing while the connection that wakes them is cut', async () => {
    await newDatabase();
    const [a, b] = [await openServer('a'), await openServer('b')];
    await sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'`);
    a.events.emit('bucket.created', { bucket: 'meanwhile' });
    await expect.poll(() => b.streamed, PATIENCE).toEqual(['meanwhile']);
    expect([a.heard, b.heard]).toEqual([['meanwhile'], ['meanwhile']]);
  });

  it('keep events until Postgres is back', async () => {
    await newDatabase();
    const [a, b] = [await openServer('a'), await openServer('b')];
    process.kill(postgres.pid, 'SIGKILL');
    await expect
      .poll(
        () =>
          sql('select 1').then(
            () => 'up',
            () => 'down',
          ),
        PATIENCE,
      )
      .toBe('down');
    a.events.emit('bucket.created', { bucket: 'in the dark' });
    expect(a.heard).toEqual(['in the dark']);
    await expect
      .poll(
        () =>
          postgres.restart().then(
            () => 'started',
            () => 'not yet',
          ),
        PATIENCE,
      )
      .toBe('started');
    await expect.poll(() => b.heard, { timeout: 30_000 }).toEqual(['in the dark']);
    await expect.poll(() => a.streamed, PATIENCE).toEqual(['in the dark']);
  });

  it('know when the log is another one', async () => {
    await newDatabase();
    const a = await openServer('a');
    a.events.emit('bucket.created', { bucket: 'old' });
    await expect.poll(() => a.streamed, PATIENCE).toEqual(['old']);
    await sql(`update supastor.event_state set log_id = 'restored', last_id = 0; delete from supastor.events`);
    await a.events.wake();
    expect(a.streamed).toEqual(['old', 'lost']);
    expect(a.events.position()).toEqual({ logId: 'restored', id: 0 });
  });
});
