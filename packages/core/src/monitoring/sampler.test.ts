import { expect, test } from 'vitest';
import type { MetricStore } from './metric-store.port.ts';
import { buildOverview } from './overview.ts';
import { chooseStepSeconds, querySeries } from './query-series.ts';
import type { Reading } from './reading.ts';
import { pruneFrames, rollUp, sample, type Source } from './sampler.ts';
import { createMemoryMetricStore } from './testing/memory-metric-store.ts';

const START_MS = Date.parse('2026-11-26T00:00:00Z');
const BORN_MS = START_MS - 86_400_000;

/** A storage server that answers `perSecond` requests, one in ten with an error. */
function busySource(instance: string, perSecond: number): Source & { atMs: number; isDown: boolean } {
  return {
    instance,
    job: 'storage',
    atMs: 0,
    isDown: false,
    async read(): Promise<Reading> {
      if (this.isDown) throw new Error('connect ECONNREFUSED');
      const count = ((this.atMs - BORN_MS) / 1000) * perSecond;
      const counts = { 'http.requests': count, 'http.errors': count / 10 };
      return { atMs: this.atMs, startedAtMs: BORN_MS, counts, levels: { 'disk.total': 1000, 'disk.free': 400 }, latencies: [count, 0] };
    },
  };
}

async function run(store: MetricStore, sources: ReturnType<typeof busySource>[], seconds: number): Promise<number> {
  let nowMs = START_MS;
  for (; nowMs < START_MS + seconds * 1000; nowMs += 15_000) {
    for (const source of sources) source.atMs = nowMs;
    await sample(sources, store, nowMs);
    await rollUp(store, nowMs);
  }
  return nowMs;
}

test('rates survive roll-ups, and those of several instances are added', async () => {
  const store = createMemoryMetricStore();
  const nowMs = await run(store, [busySource('a:1', 4), busySource('b:1', 6)], 3600);
  for (const stepSeconds of [15, 60, 300, 900]) {
    const range = { fromMs: START_MS + 900_000, toMs: nowMs, stepMs: stepSeconds * 1000 };
    const [total] = await querySeries(store, 'http.requests', range, { by: 'total' });
    expect(total?.points).toHaveLength(2700 / stepSeconds);
    expect([...new Set(total?.points.map(({ value }) => value))]).toEqual([10]);
    const lines = await querySeries(store, 'http.requests', range, { by: 'instance' });
    expect(lines.map(({ instance, points }) => [instance, points.at(-1)?.value])).toEqual([
      ['a:1', 4],
      ['b:1', 6],
    ]);
  }
});

test('the overview shows the traffic of all, the disk and who is down', async () => {
  const store = createMemoryMetricStore();
  const [alive, dead] = [busySource('a:1', 4), busySource('b:1', 6)];
  let nowMs = await run(store, [alive, dead], 600);
  dead.isDown = true;
  alive.atMs = nowMs;
  await sample([alive, dead], store, nowMs);
  nowMs += 1000;
  const overview = await buildOverview(store, nowMs);
  expect(overview.traffic).toMatchObject({ requestsPerSecond: 10, errorRate: 0.1 });
  expect(overview.disk).toMatchObject({ totalBytes: 1000, freeBytes: 400, forecast: { state: 'notEnoughData' } });
  expect(overview.lastHour.requestsPerSecond).toHaveLength(60);
  expect(overview.instances.map(({ instance, up, error }) => [instance, up, error])).toEqual([
    ['a:1', true, null],
    ['b:1', false, 'connect ECONNREFUSED'],
  ]);
});

test('what was counted while nobody asked is spread over that time', async () => {
  const store = createMemoryMetricStore();
  const source = busySource('a:1', 4);
  await run(store, [source], 60);
  source.atMs = START_MS + 300_000;
  await sample([source], store, source.atMs);
  const frames = await store.read(15, source.atMs, source.atMs + 1);
  expect(frames[0]?.points['http.requests']).toEqual([4 * 255, 255]);
});

test('a second look in one interval adds to the first', async () => {
  const store = createMemoryMetricStore();
  const source = busySource('a:1', 4);
  for (const atMs of [START_MS, START_MS + 16_000, START_MS + 22_000, START_MS + 29_000]) {
    source.atMs = atMs;
    await sample([source], store, atMs);
  }
  const [frame] = await store.read(15, START_MS + 15_000, START_MS + 15_001);
  expect(frame?.points).toMatchObject({ 'http.requests': [4 * 29, 29], 'disk.free': [400, 1, 400, 400] });
});

test('frames past their time go, each step at its own', async () => {
  const store = createMemoryMetricStore();
  const nowMs = await run(store, [busySource('a:1', 1)], 3600);
  await pruneFrames(store, nowMs + 7_200_000);
  expect(await store.newest(15)).toBeNull();
  expect(await store.newest(60)).not.toBeNull();
});

test('a step is as fine as what is kept of that time, and gives about 240 points', () => {
  const hour = 3_600_000;
  const step = (fromHours: number, asked?: number) => chooseStepSeconds(START_MS - fromHours * hour, START_MS, START_MS, asked);
  expect([step(1), step(6), step(24), step(168)]).toEqual([15, 120, 600, 3600]);
  expect([step(1, 30), step(6, 15), step(24, 3600), step(168, 60)]).toEqual([30, 60, 3600, 900]);
});
