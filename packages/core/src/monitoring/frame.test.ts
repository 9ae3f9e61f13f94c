import { expect, test } from 'vitest';
import { mergeOverTime, valueAcross, valueOf } from './frame.ts';

const latencies = (counts: Readonly<Record<number, number>>) => Array.from({ length: 15 }, (_, at) => counts[at] ?? 0);

test('rates of one instance are weighed by time, those of several are added', () => {
  const quiet = { 'http.requests': [0, 15] };
  const busy = { 'http.requests': [300, 45] };
  expect(valueOf('http.requests', mergeOverTime([quiet, busy]))).toBe(5);
  expect(valueAcross('http.requests', [{ 'http.requests': [150, 15] }, { 'http.requests': [30, 15] }])).toBe(12);
});

test('levels keep their mean and extremes over time, and become one by the rule of their series', () => {
  const merged = mergeOverTime([{ 'disk.free': [10, 1, 10, 10] }, { 'disk.free': [30, 1, 30, 30] }]);
  expect(merged).toEqual({ 'disk.free': [40, 2, 10, 30] });
  expect(valueOf('disk.free', merged)).toBe(20);
  expect(valueAcross('disk.free', [{ 'disk.free': [5, 1, 5, 5] }, { 'disk.free': [9, 1, 9, 9] }])).toBe(5);
  expect(valueAcross('process.memory', [{ 'process.memory': [5, 1, 5, 5] }, { 'process.memory': [9, 1, 9, 9] }])).toBe(14);
});

test('quantiles are read off the distribution of all instances together', () => {
  const [fast, slow] = [{ 'http.latency': latencies({ 0: 98 }) }, { 'http.latency': latencies({ 9: 2 }) }];
  expect(valueAcross('http.p50', [fast, slow])).toBeCloseTo(0.00051, 5);
  expect(valueAcross('http.p99', [fast, slow])).toBeCloseTo(0.75, 5);
  expect(valueAcross('http.p99', [{ 'http.latency': latencies({ 14: 1 }) }])).toBe(30);
  expect(valueAcross('http.p99', [{ 'http.latency': latencies({}) }, {}])).toBeNull();
});

test('nothing measured is null and not nought', () => {
  expect(valueOf('http.requests', {})).toBeNull();
  expect(valueAcross('disk.free', [])).toBeNull();
});
