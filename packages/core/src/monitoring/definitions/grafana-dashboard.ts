import { type SeriesName, seriesOf } from '@supastor/contract/wire/metrics';
import { promqlOf } from '../prometheus-names.ts';

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly { readonly legend: string; readonly series: SeriesName }[];
}

/** Units as Grafana calls them. */
const UNITS = { rate: 'reqps', seconds: 's', bytes: 'bytes', throughput: 'Bps', count: 'short', cores: 'short' } as const;
const WINDOW_SECONDS = 300;
const [WIDTH, HEIGHT, COLUMNS] = [12, 8, 2];

const PANELS: readonly Panel[] = [
  {
    title: 'Requests',
    unit: UNITS.rate,
    lines: [
      { legend: 'all', series: 'http.requests' },
      { legend: '4xx', series: 'http.rejected' },
      { legend: '5xx', series: 'http.errors' },
    ],
  },
  {
    title: 'Latency',
    unit: UNITS.seconds,
    lines: [
      { legend: 'p50', series: 'http.p50' },
      { legend: 'p95', series: 'http.p95' },
      { legend: 'p99', series: 'http.p99' },
    ],
  },
  {
    title: 'Throughput',
    unit: UNITS.throughput,
    lines: [
      { legend: 'in', series: 'bytes.in' },
      { legend: 'out', series: 'bytes.out' },
    ],
  },
  {
    title: 'Disk of the byte store',
    unit: UNITS.bytes,
    lines: [
      { legend: 'size', series: 'disk.total' },
      { legend: 'free', series: 'disk.free' },
    ],
  },
  { title: 'Bytes of all objects', unit: UNITS.bytes, lines: [{ legend: 'stored', series: 'storage.bytes' }] },
  { title: 'Objects', unit: UNITS.count, lines: [{ legend: 'objects', series: 'storage.objects' }] },
  {
    title: 'Connections to Postgres',
    unit: UNITS.count,
    lines: [
      { legend: 'in use', series: 'postgres.connections' },
      { legend: 'accepted', series: 'postgres.maxConnections' },
    ],
  },
  {
    title: 'Webhooks',
    unit: UNITS.count,
    lines: [
      { legend: 'waiting', series: 'webhooks.pending' },
      { legend: 'given up', series: 'webhooks.dead' },
    ],
  },
  { title: 'Memory', unit: UNITS.bytes, lines: [{ legend: 'resident', series: 'process.memory' }] },
  { title: 'Processor', unit: UNITS.cores, lines: [{ legend: 'cores', series: 'process.cpu' }] },
  { title: 'Versions that wait for the collector', unit: UNITS.count, lines: [{ legend: 'backlog', series: 'collector.backlog' }] },
  {
    title: 'Operations of the admin API',
    unit: UNITS.rate,
    lines: [
      { legend: 'all', series: 'admin.requests' },
      { legend: 'failed', series: 'admin.errors' },
    ],
  },
];

const DATA_SOURCE = { type: 'prometheus', uid: 'supastor-prometheus' } as const;

/** The dashboard of Grafana, as plain data. */
export function grafanaDashboard() {
  return {
    uid: 'supastor',
    title: 'Supastorj',
    tags: ['supastor'],
    timezone: 'browser',
    schemaVersion: 39,
    version: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    panels: PANELS.map(({ title, unit, lines }, index) => ({
      id: index + 1,
      title,
      type: 'timeseries',
      datasource: DATA_SOURCE,
      description: lines.map(({ legend, series }) => `${legend}: ${seriesOf(series).description}`).join('. '),
      gridPos: { x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit, min: 0, custom: { lineWidth: 2, fillOpacity: 10 } }, overrides: [] },
      options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
      targets: lines.map(({ legend, series }, at) => ({
        refId: String.fromCodePoint(65 + at),
        datasource: DATA_SOURCE,
        expr: promqlOf(series, WINDOW_SECONDS),
        legendFormat: legend,
      })),
    })),
  };
}

/** Where Grafana finds Prometheus, and the dashboard, as plain data. */
export function grafanaProvisioning(prometheusUrl: string, dashboardsDir: string) {
  return {
    datasources: {
      apiVersion: 1,
      datasources: [
        {
          name: 'Prometheus',
          type: 'prometheus',
          uid: DATA_SOURCE.uid,
          access: 'proxy',
          url: prometheusUrl,
          isDefault: true,
          editable: false,
        },
      ],
    },
    dashboards: {
      apiVersion: 1,
      providers: [{ name: 'supastor', type: 'file', disableDeletion: true, allowUiUpdates: false, options: { path: dashboardsDir } }],
    },
  };
}
