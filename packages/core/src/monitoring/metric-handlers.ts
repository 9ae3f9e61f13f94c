import { metricsOverview, metricsQuery } from '@supastor/contract/operations/metrics';
import { RESOLUTIONS, seriesOf } from '@supastor/contract/wire/metrics';
import type { OperationContext } from '../operations/context.ts';
import { invalidInput, implement } from '../operations/implement.ts';
import type { Clock } from '../operations/ports.ts';
import { requireDatabase } from '../operations/require-database.ts';
import type { MetricStore } from './metric-store.port.ts';
import { buildOverview } from './overview.ts';
import { chooseStepSeconds, querySeries } from './query-series.ts';

/** What was measured, and when it is now. */
export interface Metrics {
  readonly store: MetricStore;
  readonly clock: Clock;
}

/** Null: the server has no database. */
type Context = OperationContext<{ readonly metrics: Metrics | null }>;

const HOUR_MS = 3_600_000;
const MAX_POINTS = 2000;
const LONGEST_MS = RESOLUTIONS[2].keepSeconds * 1000;

export const metricHandlers = {
  'metrics.overview': implement(metricsOverview, (_, { deps }: Context) => {
    const { store, clock } = requireMetrics(deps.metrics);
    return buildOverview(store, clock.now());
  }),

  'metrics.query': implement(metricsQuery, async ({ series, step, by, instance, ...range }, { deps }: Context) => {
    const { store, clock } = requireMetrics(deps.metrics);
    const nowMs = clock.now();
    const toMs = Math.min(range.to === undefined ? nowMs : Date.parse(range.to), nowMs);
    const fromMs = Math.max(range.from === undefined ? toMs - HOUR_MS : Date.parse(range.from), nowMs - LONGEST_MS);
    if (fromMs >= toMs) throw invalidInput([{ path: ['from'], message: 'must be before `to`, and in the last eight days' }]);
    const stepSeconds = chooseStepSeconds(fromMs, toMs, nowMs, step);
    if ((toMs - fromMs) / 1000 / stepSeconds > MAX_POINTS) {
      throw invalidInput([{ path: ['step'], message: `would give more than ${MAX_POINTS} points; take a larger one` }]);
    }
    const lines = await querySeries(store, series, { fromMs, toMs, stepMs: stepSeconds * 1000 }, { by, instance });
    const { unit, description } = seriesOf(series);
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
    return { series, unit, description, stepSeconds, from, to, lines: lines.map((line) => ({ ...line, points: [...line.points] })) };
  }),
};

function requireMetrics(metrics: Metrics | null): Metrics {
  return requireDatabase(metrics, 'keeps no metrics');
}
