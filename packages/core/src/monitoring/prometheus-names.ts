import { SERIES_NAMES, type SeriesName, seriesOf } from '@supastor/contract/wire/metrics';

/** Levels that admin-api measures for all and exposes at its own /metrics: of Postgres, of what is stored, of the trail, of certificates. */
export const SHARED_LEVELS: readonly SeriesName[] = SERIES_NAMES.filter(
  (name) => seriesOf(name).kind === 'level' && /^(?:postgres|storage|collector|webhooks|damage|audit|certificate)\./.test(name),
);

/** `postgres.maxConnections` -> `supastor_postgres_max_connections`. */
export function exposedName(series: SeriesName): string {
  return `supastor_${series.replaceAll('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** Durations of the requests of storage, as a histogram. */
export const REQUESTS = 'storage_http_request_duration_seconds';
/** Attempts to deliver a webhook, with the label `outcome`. */
export const DELIVERIES = 'storage_webhook_deliveries_total';
/** Routes by which a server is asked how it is; requests of them are nobody's. */
export const OWN_ROUTES = '/(status|version|metrics|health).*';
/** Series that are the sum of a counter, and its name. */
export const COUNTERS = {
  'bytes.in': 'storage_uploaded_bytes_total',
  'bytes.out': 'storage_downloaded_bytes_total',
  'admin.requests': 'supastor_operations_total',
  'admin.errors': 'supastor_operation_failures_total',
  'process.cpu': 'process_cpu_seconds_total',
} as const satisfies ExposedNames;
/** Levels that each instance exposes, and their names. */
export const GAUGES = {
  'process.memory': 'process_resident_memory_bytes',
  'process.lag': 'nodejs_eventloop_lag_p99_seconds',
  'disk.total': 'storage_disk_size_bytes',
  'disk.free': 'storage_disk_free_bytes',
} as const satisfies ExposedNames;
type ExposedNames = { readonly [S in SeriesName]?: string };

const ROUTES = `route!~"${OWN_ROUTES}"`;
/** Counters with the labels that pick them. */
const SELECTORS: ExposedNames = {
  ...COUNTERS,
  'http.requests': `${REQUESTS}_count{${ROUTES}}`,
  'http.errors': `${REQUESTS}_count{${ROUTES},status=~"5.."}`,
  'http.rejected': `${REQUESTS}_count{${ROUTES},status=~"4.."}`,
  'webhooks.delivered': `${DELIVERIES}{outcome="delivered"}`,
  'webhooks.failed': `${DELIVERIES}{outcome!="delivered"}`,
};
const LEVELS: ExposedNames = GAUGES;

/** The series as an expression of PromQL, all instances together; null: Prometheus does not see it. */
export function promqlOf(series: SeriesName, windowSeconds: number): string | null {
  const { quantile, across = 'max' } = seriesOf(series);
  if (quantile !== undefined)
    return `histogram_quantile(${quantile}, sum by (le) (rate(${REQUESTS}_bucket{${ROUTES}}[${windowSeconds}s])))`;
  const [counter, gauge] = [SELECTORS[series], LEVELS[series]];
  if (counter !== undefined) return `sum(rate(${counter}[${windowSeconds}s]))`;
  if (gauge !== undefined) return `${across}(${gauge})`;
  return SHARED_LEVELS.includes(series) ? `${across}(${exposedName(series)})` : null;
}
