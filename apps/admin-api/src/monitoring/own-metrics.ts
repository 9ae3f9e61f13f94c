import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** One finished operation. */
interface Run {
  readonly operation: string;
  readonly outcome: string;
  readonly durationMs: number;
}

/** What this process counts of itself. */
export interface OwnMetrics {
  readonly registry: Registry;
  readonly measure: (run: Run) => void;
}

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A fresh registry, so that several servers in one process do not count together. */
export function createOwnMetrics(): OwnMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const operations = new Counter({
    name: 'supastor_operations_total',
    help: 'Operations that were run, by name and outcome.',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const failures = new Counter({ name: 'supastor_operation_failures_total', help: 'Operations that failed.', registers });
  failures.inc(0);
  const durations = new Histogram({
    name: 'supastor_operation_duration_seconds',
    help: 'Time an operation took.',
    labelNames: ['operation'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  return {
    registry,
    measure({ operation, outcome, durationMs }) {
      operations.inc({ operation, outcome });
      if (outcome === 'failed') failures.inc();
      durations.observe({ operation }, durationMs / 1000);
    },
  };
}
