import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the service counts; rendered at /metrics. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly uploadedBytes: Counter;
  readonly downloadedBytes: Counter;
  readonly collectedBlobs: Counter;
  readonly damagedBlobs: Counter<'found_by'>;
  readonly scrubbedBytes: Counter;
  readonly strays: Counter;
  readonly webhookDeliveries: Counter<'outcome'>;
  readonly databaseConnections: Gauge<'state'>;
  readonly replicaReads: Counter<'replica'>;
  readonly replicaFallbacks: Counter<'reason'>;
  readonly replicaUsable: Gauge<'replica'>;
  readonly replicaLagBytes: Gauge<'replica'>;
}

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * A fresh registry, so that several servers in one process do not count together.
 * @param diskPath Where bytes are kept on a disk; null: elsewhere.
 */
export function createMetrics(diskPath: string | null = null): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  if (diskPath !== null) watchDisk(diskPath, registers);
  return {
    registry,
    requests: new Histogram({
      name: 'storage_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    }),
    uploadedBytes: new Counter({ name: 'storage_uploaded_bytes_total', help: 'Bytes of completed uploads.', registers }),
    downloadedBytes: new Counter({
      name: 'storage_downloaded_bytes_total',
      help: 'Bytes of object bodies announced to clients.',
      registers,
    }),
    collectedBlobs: new Counter({ name: 'storage_collected_blobs_total', help: 'Retired versions whose bytes were removed.', registers }),
    scrubbedBytes: new Counter({ name: 'storage_scrubbed_bytes_total', help: 'Bytes read again by scrubs.', registers }),
    strays: new Counter({ name: 'storage_strays_total', help: 'Bytes without a row that scans moved to the quarantine.', registers }),
    damagedBlobs: new Counter({
      name: 'storage_damaged_blobs_total',
      help: 'Versions whose bytes were found missing or altered, by what found them.',
      labelNames: ['found_by'],
      registers,
    }),
    webhookDeliveries: new Counter({
      name: 'storage_webhook_deliveries_total',
      help: 'Attempts to deliver a webhook, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    databaseConnections: new Gauge({
      name: 'storage_database_connections',
      help: 'Connections to Postgres by state.',
      labelNames: ['state'],
      registers,
    }),
    replicaReads: new Counter({
      name: 'storage_replica_reads_total',
      help: 'Reads that a read replica of Postgres answered.',
      labelNames: ['replica'],
      registers,
    }),
    replicaFallbacks: new Counter({
      name: 'storage_replica_fallbacks_total',
      help: 'Reads for replicas that the primary answered, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    replicaUsable: new Gauge({
      name: 'storage_replica_usable',
      help: 'Whether a read replica of Postgres is read from.',
      labelNames: ['replica'],
      registers,
    }),
    replicaLagBytes: new Gauge({
      name: 'storage_replica_lag_bytes',
      help: 'What a read replica of Postgres had still to replay when it was last asked.',
      labelNames: ['replica'],
      registers,
    }),
  };
}

/** Size of the disk and what is free on it, as they are when somebody asks; nothing while the disk cannot be asked. */
function watchDisk(path: string, registers: Registry[]): void {
  const watch = (name: string, help: string, read: (disk: StatsFs) => number) => {
    // Each measures for itself: gauges are read side by side.
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers,
      async collect() {
        const disk = await statfs(path).catch(() => null);
        if (disk === null) gauge.remove();
        else gauge.set(read(disk));
      },
    });
  };
  watch('storage_disk_free_bytes', 'What is free on the disk of the byte store.', ({ bavail, bsize }) => bavail * bsize);
  watch('storage_disk_size_bytes', 'Size of the disk of the byte store.', ({ blocks, bsize }) => blocks * bsize);
}
