import { expect, test } from 'vitest';
import { parsePrometheusText } from './prometheus-text.ts';
import { advance, type Reading, toReading } from './reading.ts';

const NAME = 'storage_http_request_duration_seconds';
const EXPOSED = `
process_start_time_seconds 100
process_resident_memory_bytes 5000
storage_uploaded_bytes_total 70
storage_webhook_deliveries_total{outcome="delivered"} 3
storage_webhook_deliveries_total{outcome="failed"} 2
${NAME}_count{method="GET",route="/object/*",status="200"} 10
${NAME}_count{method="GET",route="/object/*",status="404"} 4
${NAME}_count{method="GET",route="/object/*",status="503"} 1
${NAME}_count{method="GET",route="/health/ready",status="200"} 500
${NAME}_bucket{le="0.001",method="GET",route="/object/*",status="200"} 6
${NAME}_bucket{le="0.03",method="GET",route="/object/*",status="200"} 9
${NAME}_bucket{le="+Inf",method="GET",route="/object/*",status="200"} 10
${NAME}_bucket{le="0.001",method="GET",route="/object/*",status="404"} 4
${NAME}_bucket{le="0.03",method="GET",route="/object/*",status="404"} 4
${NAME}_bucket{le="+Inf",method="GET",route="/object/*",status="404"} 4`;

const read = (text: string, atMs: number) => toReading(parsePrometheusText(text), atMs);
const counted = (counts: Reading['counts'], rest: Partial<Reading> = {}): Reading => ({
  atMs: 30_000,
  startedAtMs: 1000,
  counts,
  levels: {},
  latencies: [],
  ...rest,
});

test('requests are summed over routes without those about health, and bounds of others are put between ours', () => {
  const reading = read(EXPOSED, 200_000);
  expect(reading.startedAtMs).toBe(100_000);
  expect(reading.counts).toEqual({
    'bytes.in': 70,
    'webhooks.delivered': 3,
    'webhooks.failed': 2,
    'http.requests': 15,
    'http.rejected': 4,
    'http.errors': 1,
  });
  expect(reading.levels).toEqual({ 'process.memory': 5000 });
  expect(reading.latencies).toEqual([10, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
});

test('a rate is what was counted since, and the seconds it took', () => {
  const before = counted({ 'bytes.in': 100 }, { atMs: 15_000 });
  expect(advance(before, counted({ 'bytes.in': 160 }), 30_000)).toEqual({ 'bytes.in': [60, 15] });
});

test('a counter that starts anew counts from nothing, by its value or by the time of the start', () => {
  const before = counted({ 'bytes.in': 100 }, { atMs: 15_000, latencies: [5, 5] });
  expect(advance(before, counted({ 'bytes.in': 40 }, { latencies: [1, 9] }), 30_000)).toMatchObject({
    'bytes.in': [40, 15],
    'http.latency': [1, 9],
  });
  const restarted = counted({ 'bytes.in': 160 }, { startedAtMs: 20_000, latencies: [6, 6] });
  expect(advance(before, restarted, 30_000)).toMatchObject({ 'bytes.in': [160, 15], 'http.latency': [6, 6] });
});

test('what an unknown instance counted before is not of this moment, unless it has just started', () => {
  expect(advance(null, counted({ 'bytes.in': 160 }, { atMs: 900_000, levels: { 'process.memory': 7 } }), 30_000)).toEqual({
    'process.memory': [7, 1, 7, 7],
  });
  expect(advance(null, counted({ 'bytes.in': 160 }, { atMs: 5000 }), 30_000)).toEqual({ 'bytes.in': [160, 30] });
});
