import type { AlertThresholds } from '@supastor/contract/config/monitoring';
import type { SeriesName } from '@supastor/contract/wire/metrics';
import { type AlertRule, RULES } from './alert-rules.ts';
import { exposedName, promqlOf } from './prometheus-names.ts';

/** One rule as an expression that yields something while its condition holds. */
export function promqlOfRule(rule: AlertRule, thresholds: AlertThresholds): string {
  const { quantity, comparison, windowSeconds, by } = rule;
  const limit = `${comparison === 'above' ? '>' : '<'} ${rule.threshold(thresholds)}`;
  if (quantity.kind === 'daysUntilFull') {
    const ahead = rule.threshold(thresholds) * 86_400;
    return `min(predict_linear(storage_disk_free_bytes[${windowSeconds}s], ${ahead})) < 0`;
  }
  if (quantity.kind === 'series' && by === 'instance') {
    return `${quantity.series === 'up' ? 'up{job=~"storage|admin"}' : `max by (subject) (${exposedName(quantity.series)})`} ${limit}`;
  }
  const expression = (series: SeriesName) => promqlOf(series, windowSeconds) ?? 'vector(0)';
  if (quantity.kind === 'series') return `${expression(quantity.series)} ${limit}`;
  // What was never counted is not exposed, and a sum with nothing is nothing.
  const summand = (series: SeriesName) => (quantity.whole.length > 1 ? `(${expression(series)} or vector(0))` : expression(series));
  return `${expression(quantity.part)} / (${quantity.whole.map(summand).join(' + ')}) ${limit}`;
}

/** The rule file of Prometheus, as plain data; written as JSON it is valid YAML. */
export function prometheusRules(thresholds: AlertThresholds) {
  return {
    groups: [
      {
        name: 'supastor',
        rules: RULES.map((rule) => ({
          alert: rule.rule,
          expr: promqlOfRule(rule, thresholds),
          for: `${rule.forSeconds}s`,
          labels: { severity: rule.severity },
          annotations: { summary: rule.title, description: `${rule.title}: {{ $value }}`, advice: rule.advice },
        })),
      },
    ],
  };
}
