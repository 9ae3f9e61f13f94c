import { alertThresholdsSchema } from '@supastor/contract/config/monitoring';
import { ALERT_RULES } from '@supastor/contract/wire/alert';
import { expect, test } from 'vitest';
import { describeCondition, RULES } from './alert-rules.ts';
import { findBreaches } from './evaluate-rules.ts';
import type { Frame, Points } from './frame.ts';
import { diskUse } from './overview.ts';

const NOW_MS = 1_800_000_000_000;
const DEFAULTS = alertThresholdsSchema.parse({});

const latencies = (slow: number) => Array.from({ length: 15 }, (_, at) => (at === 0 ? 100 - slow : at === 11 ? slow : 0));
const frame = (instance: string, points: Points, ageSeconds = 15): Frame => ({ instance, atMs: NOW_MS - ageSeconds * 1000, points });
const breached = (recent: readonly Frame[], week: readonly Frame[] = [], thresholds = DEFAULTS) =>
  findBreaches({ nowMs: NOW_MS, recent, used: diskUse(week) }, thresholds).map(({ rule, subject }) =>
    subject === null ? rule : `${rule} ${subject}`,
  );

/** What is free shrinks by a tenth a day, and a tenth is left. */
const FILLING = Array.from(
  { length: 5 * 96 },
  (_, at) =>
    ({
      instance: 'a:1',
      atMs: NOW_MS - (5 * 96 - at) * 900_000,
      points: { 'disk.total': [1e12, 1, 1e12, 1e12], 'disk.free': [1e12 * (0.65 - (at / 96) * 0.1), 1] },
    }) satisfies Frame,
);

const ILL: Readonly<Record<(typeof ALERT_RULES)[number], readonly Frame[]>> = {
  'instance-down': [frame('a:1', { up: [0, 1, 0, 0] }), frame('b:1', { up: [1, 1, 1, 1] })],
  'error-rate': [
    frame('a:1', { 'http.requests': [100, 15], 'http.errors': [4, 15] }),
    frame('b:1', { 'http.requests': [100, 15], 'http.errors': [8, 15] }),
  ],
  latency: [frame('a:1', { 'http.latency': latencies(2) })],
  'disk-space': [frame('a:1', { 'disk.total': [1000, 1, 1000, 1000], 'disk.free': [99, 1, 99, 99] })],
  'disk-full-soon': [frame('a:1', { 'disk.total': [1e12, 1, 1e12, 1e12], 'disk.free': [0.15e12, 1, 0.15e12, 0.15e12] })],
  'database-connections': [frame('postgres', { 'postgres.connections': [90, 1, 90, 90], 'postgres.maxConnections': [100, 1, 100, 100] })],
  'long-transaction': [frame('postgres', { 'postgres.oldestTransaction': [1801, 1, 1801, 1801] })],
  'replication-lag': [frame('postgres', { 'postgres.replicationLag': [31, 1, 31, 31] })],
  'webhooks-failing': [frame('a:1', { 'webhooks.failed': [6, 15], 'webhooks.delivered': [4, 15] })],
  'dead-letters': [frame('postgres', { 'webhooks.dead': [1, 1, 1, 1] })],
  'collector-backlog': [frame('postgres', { 'collector.backlog': [100_001, 1, 100_001, 100_001] })],
  damage: [frame('postgres', { 'damage.open': [1, 1, 1, 1] })],
  'audit-broken': [frame('postgres', { 'audit.intact': [0, 1, 0, 0] })],
  'certificate-expiry': [frame('s.example.org', { 'certificate.days': [13.9, 1, 13.9, 13.9] })],
};
const SUBJECTS: Readonly<Record<string, string>> = { 'instance-down': ' a:1', 'certificate-expiry': ' s.example.org' };

test.each(ALERT_RULES)('%s is found by what it is about, and by nothing else', (rule) => {
  const week = rule === 'disk-full-soon' ? FILLING : [];
  expect(breached(ILL[rule], week)).toEqual([`${rule}${SUBJECTS[rule] ?? ''}`]);
});

test('nothing measured is nothing wrong', () => {
  expect(breached([])).toEqual([]);
  expect(breached([frame('a:1', { 'http.requests': [0, 15], 'http.errors': [0, 15], 'webhooks.failed': [0, 15] })])).toEqual([]);
});

test('levels count by the newest value, so that what was mended is over', () => {
  const mended = [frame('postgres', { 'damage.open': [3, 1, 3, 3] }, 45), frame('postgres', { 'damage.open': [0, 1, 0, 0] }, 15)];
  expect(breached(mended)).toEqual([]);
  const back = [frame('a:1', { up: [0, 1, 0, 0] }, 45), frame('a:1', { up: [1, 1, 1, 1] }, 15)];
  expect(breached(back)).toEqual([]);
});

test('thresholds are those of the installation', () => {
  const strict = alertThresholdsSchema.parse({ errorPercent: 1, diskFullDays: 1 });
  const few = [frame('a:1', { 'http.requests': [100, 15], 'http.errors': [2, 15] })];
  expect([breached(few), breached(few, [], strict)]).toEqual([[], ['error-rate']]);
  expect(breached(ILL['disk-full-soon'], FILLING, strict)).toEqual([]);
});

test('a summary has the figure, its limit and the subject', () => {
  const [errors] = findBreaches({ nowMs: NOW_MS, recent: ILL['error-rate'], used: [] }, DEFAULTS);
  expect(errors?.summary).toBe('Many requests fail: 6 %, limit 5 %');
  const [down] = findBreaches({ nowMs: NOW_MS, recent: ILL['instance-down'], used: [] }, DEFAULTS);
  expect(down?.summary).toBe('An instance does not answer (a:1)');
});

test('every rule has a name, a condition in words and advice', () => {
  expect(RULES.map(({ rule }) => rule).toSorted()).toEqual([...ALERT_RULES].toSorted());
  for (const rule of RULES) expect(describeCondition(rule, rule.threshold(DEFAULTS)).length).toBeGreaterThan(10);
});
