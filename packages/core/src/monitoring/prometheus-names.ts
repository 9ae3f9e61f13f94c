import { SERIES_NAMES, type SeriesName, seriesOf } from '@supastor/contract/wire/metrics';

/** Levels that admin-api measures for all and exposes at its own /metrics: of Postgres, of what is stored, of the trail, of certificates. */
export const SHARED_LEVELS: readonly SeriesName[] = SERIES_NAMES.filter(
  (name) => seriesOf(name).kind === 'level' && /^(?:postgres|storage|collector|webhooks|damage|audit|certificate)\./.test(name),
);

/** `postgres.maxConnections` -> `supastor_postgres_max_connections`. */
export function exposedName(series: SeriesName): string {
  return `supastor_${series.replaceAll('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

const REQUESTS = 'storage_http_request_duration_seconds';
const ROUTES = 'route!~"/(status|version|metrics|health).*"';
const QUANTILES: Readonly<Record<string, number>> = { 'http.p50': 0.5, 'http.p95': 0.95, 'http.p99': 0.99 };

/** Counters by the name they are exposed under, with the labels that pick them. */
const COUNTERS: { readonly [S in SeriesName]?: string } = {
  'http.requests': `${REQUESTS}_count{${ROUTES}}`,
  'http.errors': `${REQUESTS}_count{${ROUTES},status=~"5.."}`,
  'http.rejected': `${REQUESTS}_count{${ROUTES},status=~"4.."}`,
  'bytes.in': 'storage_uploaded_bytes_total',
  'bytes.out': 'storage_downloaded_bytes_total',
  'admin.requests': 'supastor_operations_total',
  'admin.errors': 'supastor_operation_failures_total',
  'process.cpu': 'process_cpu_seconds_total',
  'webhooks.delivered': 'storage_webhook_deliveries_total{outcome="delivered"}',
  'webhooks.failed': 'storage_webhook_deliveries_total{outcome!="delivered"}',
};
const GAUGES: { readonly [S in SeriesName]?: string } = {
  'process.memory': 'process_resident_memory_bytes',
  'process.lag': 'nodejs_eventloop_lag_p99_seconds',
  'disk.total': 'storage_disk_size_bytes',
  'disk.free': 'storage_disk_free_bytes',
};

/** The series as an expression of PromQL, all instances together; null: Prometheus does not see it. */
export function promqlOf(series: SeriesName, windowSeconds: number): string | null {
  const quantile = QUANTILES[series];
  if (quantile !== undefined)
    return `histogram_quantile(${quantile}, sum by (le) (rate(${REQUESTS}_bucket{${ROUTES}}[${windowSeconds}s])))`;
  const [counter, gauge] = [COUNTERS[series], GAUGES[series]];
  if (counter !== undefined) return `sum(rate(${counter}[${windowSeconds}s]))`;
  const { across = 'max' } = seriesOf(series);
  if (gauge !== undefined) return `${across}(${gauge})`;
  return SHARED_LEVELS.includes(series) ? `${across}(${exposedName(series)})` : null;
}
