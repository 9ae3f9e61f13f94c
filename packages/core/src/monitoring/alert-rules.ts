import type { AlertThresholds } from '@supastor/contract/config/monitoring';
import type { AlertRuleName, Severity } from '@supastor/contract/wire/alert';
import type { SeriesName } from '@supastor/contract/wire/metrics';

/** What a rule compares: a series, a share of some series in others, or the forecast. */
export type Quantity =
  | { readonly kind: 'series'; readonly series: SeriesName }
  | { readonly kind: 'share'; readonly part: SeriesName; readonly whole: readonly SeriesName[] }
  | { readonly kind: 'daysUntilFull' };

/** One condition, from which the built-in evaluation and the rule file of Prometheus are both made. */
export interface AlertRule {
  readonly rule: AlertRuleName;
  readonly title: string;
  readonly severity: Severity;
  /** Whether each instance is judged for itself. */
  readonly by: 'total' | 'instance';
  readonly quantity: Quantity;
  readonly comparison: 'above' | 'below';
  readonly threshold: (thresholds: AlertThresholds) => number;
  readonly unit: 'share' | 'seconds' | 'count' | 'days' | 'boolean';
  /** What a value is taken from. */
  readonly windowSeconds: number;
  readonly forSeconds: number;
  readonly advice: string;
}

const series = (name: SeriesName): Quantity => ({ kind: 'series', series: name });

/** Every rule, most urgent first. */
export const RULES: readonly AlertRule[] = [
  {
    rule: 'instance-down',
    title: 'An instance does not answer',
    severity: 'critical',
    by: 'instance',
    quantity: series('up'),
    comparison: 'below',
    threshold: () => 1,
    unit: 'boolean',
    windowSeconds: 60,
    forSeconds: 60,
    advice: 'See `supastor status` and `supastor logs` of that service.',
  },
  {
    rule: 'damage',
    title: 'Stored bytes are damaged',
    severity: 'critical',
    by: 'total',
    quantity: series('damage.open'),
    comparison: 'above',
    threshold: () => 0,
    unit: 'count',
    windowSeconds: 120,
    forSeconds: 0,
    advice: 'See `supastor maintenance damaged`; restore these objects from a backup, and check the disk.',
  },
  {
    rule: 'audit-broken',
    title: 'The audit trail is not intact',
    severity: 'critical',
    by: 'total',
    quantity: series('audit.intact'),
    comparison: 'below',
    threshold: () => 1,
    unit: 'boolean',
    windowSeconds: 120,
    forSeconds: 0,
    advice: 'Run `supastor audit verify`: it names the first entry that was changed or removed.',
  },
  {
    rule: 'error-rate',
    title: 'Many requests fail',
    severity: 'critical',
    by: 'total',
    quantity: { kind: 'share', part: 'http.errors', whole: ['http.requests'] },
    comparison: 'above',
    threshold: ({ errorPercent }) => errorPercent / 100,
    unit: 'share',
    windowSeconds: 300,
    forSeconds: 120,
    advice: 'Look for errors in `supastor logs storage`, and whether Postgres and the byte store answer.',
  },
  {
    rule: 'disk-space',
    title: 'The disk is nearly full',
    severity: 'critical',
    by: 'total',
    quantity: { kind: 'share', part: 'disk.free', whole: ['disk.total'] },
    comparison: 'below',
    threshold: ({ diskFreePercent }) => diskFreePercent / 100,
    unit: 'share',
    windowSeconds: 120,
    forSeconds: 300,
    advice: 'Delete what is not needed, set lifecycle rules, or grow the disk; uploads stop at `storage.diskReserve`.',
  },
  {
    rule: 'disk-full-soon',
    title: 'The disk will be full soon',
    severity: 'warning',
    by: 'total',
    quantity: { kind: 'daysUntilFull' },
    comparison: 'below',
    threshold: ({ diskFullDays }) => diskFullDays,
    unit: 'days',
    windowSeconds: 172_800,
    forSeconds: 3600,
    advice: 'See `supastor metrics overview` for the forecast, and `supastor usage get` for what grows.',
  },
  {
    rule: 'latency',
    title: 'Requests are slow',
    severity: 'warning',
    by: 'total',
    quantity: series('http.p99'),
    comparison: 'above',
    threshold: ({ p99Ms }) => p99Ms / 1000,
    unit: 'seconds',
    windowSeconds: 300,
    forSeconds: 300,
    advice: 'Compare with load and with the connections to Postgres; large transfers count with their whole duration.',
  },
  {
    rule: 'database-connections',
    title: 'Postgres runs out of connections',
    severity: 'warning',
    by: 'total',
    quantity: { kind: 'share', part: 'postgres.connections', whole: ['postgres.maxConnections'] },
    comparison: 'above',
    threshold: ({ connectionsPercent }) => connectionsPercent / 100,
    unit: 'share',
    windowSeconds: 120,
    forSeconds: 120,
    advice: 'Lower `storage.maxDbConnections`, raise `postgres.maxConnections`, or put a pooler in front.',
  },
  {
    rule: 'long-transaction',
    title: 'A transaction is open for long',
    severity: 'warning',
    by: 'total',
    quantity: series('postgres.oldestTransaction'),
    comparison: 'above',
    threshold: ({ transactionSeconds }) => transactionSeconds,
    unit: 'seconds',
    windowSeconds: 120,
    forSeconds: 60,
    advice: 'See pg_stat_activity; it keeps Postgres from cleaning up.',
  },
  {
    rule: 'replication-lag',
    title: 'A replica of Postgres is behind',
    severity: 'warning',
    by: 'total',
    quantity: series('postgres.replicationLag'),
    comparison: 'above',
    threshold: ({ replicationLagSeconds }) => replicationLagSeconds,
    unit: 'seconds',
    windowSeconds: 120,
    forSeconds: 120,
    advice: 'See pg_stat_replication, and the network and disk of the replica.',
  },
  {
    rule: 'webhooks-failing',
    title: 'Webhooks fail',
    severity: 'warning',
    by: 'total',
    quantity: { kind: 'share', part: 'webhooks.failed', whole: ['webhooks.failed', 'webhooks.delivered'] },
    comparison: 'above',
    threshold: ({ webhookFailurePercent }) => webhookFailurePercent / 100,
    unit: 'share',
    windowSeconds: 900,
    forSeconds: 300,
    advice: 'See `supastor webhooks list` for which receiver does not take them.',
  },
  {
    rule: 'dead-letters',
    title: 'Webhook messages were given up',
    severity: 'warning',
    by: 'total',
    quantity: series('webhooks.dead'),
    comparison: 'above',
    threshold: ({ deadLetters }) => deadLetters,
    unit: 'count',
    windowSeconds: 120,
    forSeconds: 60,
    advice: 'Mend the receiver, then `supastor webhooks replay`.',
  },
  {
    rule: 'collector-backlog',
    title: 'Removed bytes pile up',
    severity: 'warning',
    by: 'total',
    quantity: series('collector.backlog'),
    comparison: 'above',
    threshold: ({ collectorBacklog }) => collectorBacklog,
    unit: 'count',
    windowSeconds: 300,
    forSeconds: 3600,
    advice: 'The collector does not keep up, or the byte store refuses deletes: see `supastor logs storage`.',
  },
  {
    rule: 'certificate-expiry',
    title: 'A certificate expires soon',
    severity: 'warning',
    by: 'instance',
    quantity: series('certificate.days'),
    comparison: 'below',
    threshold: ({ certificateDays }) => certificateDays,
    unit: 'days',
    windowSeconds: 900,
    forSeconds: 0,
    advice: 'Renew it, and see why that did not happen by itself.',
  },
];

/** The rule of that name; every name has one. */
export function ruleOf(name: AlertRuleName): AlertRule | undefined {
  return RULES.find(({ rule }) => rule === name);
}

/** The condition in words. */
export function describeCondition({ quantity, comparison, unit, windowSeconds }: AlertRule, threshold: number): string {
  const limit = `${comparison} ${formatValue(threshold, unit)}`;
  if (quantity.kind === 'daysUntilFull') return `days until the disk is full ${limit}, by a forecast`;
  const name = quantity.kind === 'series' ? quantity.series : `${quantity.part} of ${quantity.whole.join(' + ')}`;
  return `${name} ${limit}, over ${windowSeconds} s`;
}

export function formatValue(value: number, unit: AlertRule['unit']): string {
  const rounded = (digits: number) => String(Number(value.toFixed(digits)));
  if (unit === 'share') return `${String(Number((value * 100).toFixed(1)))} %`;
  if (unit === 'seconds') return `${rounded(value < 10 ? 2 : 0)} s`;
  if (unit === 'days') return `${rounded(1)} days`;
  return rounded(0);
}
