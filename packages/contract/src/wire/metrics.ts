import { z } from 'zod';
import { named } from '../operations/type-names.ts';

/**
 * How samples of a series become one value: `rate` counts per second; `level` is a measured value; `quantile` is read off the
 * distribution of `http.latency`.
 */
export type SeriesKind = 'rate' | 'level' | 'quantile';

interface Series {
  readonly kind: SeriesKind;
  readonly unit: 'requests/s' | 'bytes/s' | 'bytes' | 'seconds' | 'count' | 'count/s' | 'cores' | 'boolean' | 'days';
  readonly description: string;
  /** How a level of several instances becomes one; rates are added. */
  readonly across?: 'sum' | 'max' | 'min';
  /** Of quantiles: which. */
  readonly quantile?: number;
}

/** Every series that is kept. */
export const SERIES = {
  'http.requests': { kind: 'rate', unit: 'requests/s', description: 'Requests answered by storage' },
  'http.errors': { kind: 'rate', unit: 'requests/s', description: 'Requests that storage answered with 5xx' },
  'http.rejected': { kind: 'rate', unit: 'requests/s', description: 'Requests that storage answered with 4xx' },
  'http.p50': { kind: 'quantile', unit: 'seconds', quantile: 0.5, description: 'Half of the requests take no longer' },
  'http.p95': { kind: 'quantile', unit: 'seconds', quantile: 0.95, description: '95 of 100 requests take no longer' },
  'http.p99': { kind: 'quantile', unit: 'seconds', quantile: 0.99, description: '99 of 100 requests take no longer' },
  'bytes.in': { kind: 'rate', unit: 'bytes/s', description: 'Bytes of completed uploads' },
  'bytes.out': { kind: 'rate', unit: 'bytes/s', description: 'Bytes of objects sent to clients' },
  'admin.requests': { kind: 'rate', unit: 'requests/s', description: 'Operations of the admin API' },
  'admin.errors': {
    kind: 'rate',
    unit: 'requests/s',
    description: 'Operations of the admin API that failed through no fault of the caller',
  },
  'process.cpu': { kind: 'rate', unit: 'cores', description: 'Processor time in use' },
  'process.memory': { kind: 'level', unit: 'bytes', across: 'sum', description: 'Resident memory' },
  'process.lag': { kind: 'level', unit: 'seconds', across: 'max', description: '99th percentile of the delay of the event loop' },
  'disk.total': { kind: 'level', unit: 'bytes', across: 'min', description: 'Size of the disk that holds the bytes' },
  'disk.free': { kind: 'level', unit: 'bytes', across: 'min', description: 'What is free on the disk that holds the bytes' },
  'storage.bytes': { kind: 'level', unit: 'bytes', across: 'max', description: 'Bytes of all objects' },
  'storage.objects': { kind: 'level', unit: 'count', across: 'max', description: 'Objects' },
  'postgres.size': { kind: 'level', unit: 'bytes', across: 'max', description: 'Size of the database' },
  'postgres.connections': { kind: 'level', unit: 'count', across: 'max', description: 'Connections to Postgres' },
  'postgres.maxConnections': { kind: 'level', unit: 'count', across: 'max', description: 'Connections that Postgres accepts' },
  'postgres.oldestTransaction': { kind: 'level', unit: 'seconds', across: 'max', description: 'Age of the oldest open transaction' },
  'postgres.replicationLag': { kind: 'level', unit: 'seconds', across: 'max', description: 'How far the slowest replica is behind' },
  'postgres.transactions': { kind: 'rate', unit: 'count/s', description: 'Transactions of the database' },
  'collector.backlog': { kind: 'level', unit: 'count', across: 'max', description: 'Retired versions whose bytes are yet to be removed' },
  'webhooks.pending': { kind: 'level', unit: 'count', across: 'max', description: 'Webhook messages that wait' },
  'webhooks.dead': { kind: 'level', unit: 'count', across: 'max', description: 'Webhook messages that were given up' },
  'webhooks.delivered': { kind: 'rate', unit: 'count/s', description: 'Webhook messages delivered' },
  'webhooks.failed': { kind: 'rate', unit: 'count/s', description: 'Attempts to deliver a webhook that failed' },
  'audit.intact': {
    kind: 'level',
    unit: 'boolean',
    across: 'min',
    description: 'Whether the audit trail was intact when it was verified last',
  },
  'certificate.days': { kind: 'level', unit: 'days', across: 'min', description: 'Days until the certificate of a public URL expires' },
  'damage.open': { kind: 'level', unit: 'count', across: 'max', description: 'Versions known to be damaged' },
  up: { kind: 'level', unit: 'boolean', across: 'min', description: 'Whether the instance answers' },
} as const satisfies Record<string, Series>;

export type SeriesName = keyof typeof SERIES;

/** What a series is; widened, so that optional parts can be asked for. */
export function seriesOf(name: SeriesName): Series {
  return SERIES[name];
}

export const SERIES_NAMES = Object.keys(SERIES).filter((name): name is SeriesName => Object.hasOwn(SERIES, name));
export const seriesNameSchema = z.enum(SERIES_NAMES).describe('Name of the series, such as http.requests');

/** Upper bounds in seconds of the distribution of latencies; the last is open. */
export const LATENCY_BOUNDS_SECONDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Seconds between samples as they are stored, finest first, and how long each is kept. */
export const RESOLUTIONS = [
  { stepSeconds: 15, keepSeconds: 7200 },
  { stepSeconds: 60, keepSeconds: 172_800 },
  { stepSeconds: 900, keepSeconds: 691_200 },
] as const;

export const metricPointSchema = named('MetricPoint', z.object({ at: z.string(), value: z.number().nullable() }));

export const metricLineSchema = named(
  'MetricLine',
  z.object({
    /** Null: all instances together. */
    instance: z.string().nullable(),
    points: z.array(metricPointSchema),
  }),
);

export const metricInstanceSchema = named(
  'MetricInstance',
  z.object({
    instance: z.string(),
    /** `storage`, `admin` or `postgres`. */
    job: z.string(),
    up: z.boolean(),
    /** When it was asked last. */
    at: z.string(),
    /** Why it counts as down. */
    error: z.string().nullable(),
  }),
);
export type MetricInstance = z.infer<typeof metricInstanceSchema>;

export const forecastSchema = named(
  'DiskForecast',
  z.object({
    /** `growing`: it fills up; `steady`: no clear growth; `notEnoughData`: asked too early; `noDisk`: bytes are in a bucket elsewhere. */
    state: z.enum(['growing', 'steady', 'notEnoughData', 'noDisk']),
    /** How the answer came about, and how sure it is, in words. */
    statement: z.string(),
    bytesPerDay: z.number().nullable(),
    /** When the disk is full if it goes on like that: the most likely time, and the bounds of 95 of 100. */
    fullAt: z.string().nullable(),
    earliestAt: z.string().nullable(),
    latestAt: z.string().nullable(),
  }),
);
export type DiskForecast = z.infer<typeof forecastSchema>;

export const metricsOverviewSchema = named(
  'MetricsOverview',
  z.object({
    at: z.string(),
    /** What the figures of traffic cover. */
    windowSeconds: z.number().int(),
    /** Figures are null while nothing was measured. */
    traffic: z.object({
      requestsPerSecond: z.number().nullable(),
      /** Share of requests answered with 5xx, 0 to 1; null without requests. */
      errorRate: z.number().nullable(),
      p50Seconds: z.number().nullable(),
      p99Seconds: z.number().nullable(),
      bytesInPerSecond: z.number().nullable(),
      bytesOutPerSecond: z.number().nullable(),
    }),
    storage: z.object({ objects: z.number().nullable(), bytes: z.number().nullable(), bytesPerDay: z.number().nullable() }),
    disk: z.object({ totalBytes: z.number().nullable(), freeBytes: z.number().nullable(), forecast: forecastSchema }),
    /** The last hour, one value a minute, oldest first. */
    lastHour: z.object({
      requestsPerSecond: z.array(metricPointSchema),
      errorsPerSecond: z.array(metricPointSchema),
      bytesPerSecond: z.array(metricPointSchema),
    }),
    instances: z.array(metricInstanceSchema),
  }),
);
export type MetricsOverview = z.infer<typeof metricsOverviewSchema>;
