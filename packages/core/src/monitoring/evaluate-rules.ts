import type { AlertThresholds } from '@supastor/contract/config/monitoring';
import type { AlertRuleName } from '@supastor/contract/wire/alert';
import { type SeriesName, seriesOf } from '@supastor/contract/wire/metrics';
import { type AlertRule, formatValue, RULES } from './alert-rules.ts';
import { forecastDisk, type UsedAt } from './forecast.ts';
import { type Frame, newestFrames, type Points, valueAcross, valueOf } from './frame.ts';
import { newestOf } from './overview.ts';
import { mergePerInstance } from './query-series.ts';

/** A condition that holds right now. */
export interface Breach {
  readonly rule: AlertRuleName;
  readonly subject: string | null;
  readonly value: number;
  readonly summary: string;
}

/** What rules are judged by. */
export interface Evidence {
  readonly nowMs: number;
  /** Fine frames of the longest window of a rule that looks at them. */
  readonly recent: readonly Frame[];
  /** What was in use on the disk, of a week. */
  readonly used: readonly UsedAt[];
}

/** How far back fine frames are needed: the longest window of a rule that looks at them. */
export const EVIDENCE_MS =
  1000 * Math.max(...RULES.filter(({ quantity }) => quantity.kind !== 'daysUntilFull').map(({ windowSeconds }) => windowSeconds));
const DAY_MS = 86_400_000;

/** Every condition that holds. */
export function findBreaches(evidence: Evidence, thresholds: AlertThresholds): readonly Breach[] {
  return RULES.flatMap((rule) => {
    const limit = rule.threshold(thresholds);
    return measure(rule, evidence).flatMap(([subject, value]) => {
      const holds = value !== null && (rule.comparison === 'above' ? value > limit : value < limit);
      return holds ? [{ rule: rule.rule, subject, value, summary: summarise(rule, subject, value, limit) }] : [];
    });
  });
}

function summarise(rule: AlertRule, subject: string | null, value: number, limit: number): string {
  const about = subject === null ? '' : ` (${subject})`;
  if (rule.unit === 'boolean') return `${rule.title}${about}`;
  return `${rule.title}${about}: ${formatValue(value, rule.unit)}, limit ${formatValue(limit, rule.unit)}`;
}

type Measured = readonly (readonly [string | null, number | null])[];

function measure(rule: AlertRule, { nowMs, recent, used }: Evidence): Measured {
  const { quantity } = rule;
  const fromMs = nowMs - rule.windowSeconds * 1000;
  const window = recent.filter(({ atMs }) => atMs >= fromMs);
  if (quantity.kind === 'daysUntilFull') return [[null, daysUntilFull(used, window, nowMs)]];
  if (quantity.kind === 'share') {
    const instances = mergePerInstance(window);
    const [part, whole] = [valueAcross(quantity.part, instances), sumAcross(quantity.whole, instances)];
    return [[null, part === null || whole === null || whole === 0 ? null : part / whole]];
  }
  if (rule.by === 'total') return [[null, valueAcross(quantity.series, settled(quantity.series, window))]];
  return newestFrames(quantity.series, window).map(({ instance, points }) => [instance, valueOf(quantity.series, points)] as const);
}

/** Rates and quantiles are taken over the window; of levels the newest counts, so that what is over is over at once. */
function settled(series: SeriesName, window: readonly Frame[]): readonly Points[] {
  if (seriesOf(series).kind !== 'level') return mergePerInstance(window);
  return newestFrames(series, window).map(({ points }) => points);
}

function sumAcross(whole: readonly SeriesName[], instances: readonly Points[]): number | null {
  const values = whole.map((series) => valueAcross(series, instances)).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

/** Null while there is no date: then there is nothing to warn of. */
function daysUntilFull(used: readonly UsedAt[], recent: readonly Frame[], nowMs: number): number | null {
  const { fullAt } = forecastDisk(used, newestOf('disk.free', recent), nowMs);
  return fullAt === null ? null : (Date.parse(fullAt) - nowMs) / DAY_MS;
}
