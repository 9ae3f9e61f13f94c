import type { Config } from '@supastor/contract/config/schema';
import { type ContainerFile, type ContainerSpec, FILES_DIR } from '../../stack/containers/container-spec.ts';
import { prometheusRules } from '../prometheus-rules.ts';
import { alertmanagerConfig } from './alertmanager-config.ts';
import { grafanaDashboard, grafanaProvisioning } from './grafana-dashboard.ts';
import { prometheusConfig } from './prometheus-config.ts';

export type MonitoringName = 'prometheus' | 'alertmanager' | 'grafana';

/** A container of `--with monitoring`: as any other, but that it is no service of the stack's own. */
export interface MonitoringContainer extends Omit<ContainerSpec, 'name' | 'dependsOn'> {
  readonly name: MonitoringName;
  readonly dependsOn: readonly MonitoringName[];
}

export interface MonitoringContext {
  /** Networks on which storage and admin-api are reached. */
  readonly networks: readonly string[];
  /** Ports that storage and admin-api listen on inside their containers. */
  readonly storagePort: number;
  readonly adminPort: number;
  /** Password of Grafana's administrator. */
  readonly grafanaPassword: string;
  /** Lets Prometheus read /metrics of admin-api; the same as its `monitoring.scrapeToken`. */
  readonly scrapeToken: string;
  readonly images: Readonly<Record<MonitoringName, string>>;
}

/** The official images; pin them by digest where they are pulled. */
export const MONITORING_IMAGES: MonitoringContext['images'] = {
  prometheus: 'prom/prometheus:v3.5.0',
  alertmanager: 'prom/alertmanager:v0.28.1',
  grafana: 'grafana/grafana:12.1.1',
};

const PORTS = { prometheus: 9090, alertmanager: 9093, grafana: 3000 } as const;
const MIB = 1_048_576;

/** Prometheus, Alertmanager and Grafana with everything they need to know, in the order in which they start. */
export function monitoringContainers(config: Config, context: MonitoringContext): readonly MonitoringContainer[] {
  return [alertmanager(config, context), prometheus(config, context), grafana(context)];
}

function prometheus(config: Config, { networks, storagePort, adminPort, scrapeToken, images }: MonitoringContext): MonitoringContainer {
  const plan = {
    storage: { host: 'storage', port: storagePort },
    admin: { host: 'admin', port: adminPort },
    alertmanager: { host: 'alertmanager', port: PORTS.alertmanager },
  };
  return {
    ...common(networks, 512 * MIB),
    name: 'prometheus',
    image: images.prometheus,
    command: [`--config.file=${FILES_DIR}/prometheus.yml`, '--storage.tsdb.path=/prometheus', '--storage.tsdb.retention.time=30d'],
    dependsOn: ['alertmanager'],
    files: [
      file('prometheus.yml', prometheusConfig(plan)),
      file('rules.yml', prometheusRules(config.monitoring.alerts)),
      { name: 'scrape-token', content: scrapeToken, secret: true },
    ],
    mounts: [{ kind: 'volume', volume: 'prometheus', path: '/prometheus', readOnly: false }],
    health: health(['wget', '-qO-', `http://127.0.0.1:${PORTS.prometheus}/-/ready`]),
    user: '65534:65534',
  };
}

function alertmanager(config: Config, { networks, images }: MonitoringContext): MonitoringContainer {
  return {
    ...common(networks, 128 * MIB),
    name: 'alertmanager',
    image: images.alertmanager,
    command: [`--config.file=${FILES_DIR}/alertmanager.yml`, '--storage.path=/alertmanager'],
    files: [{ ...file('alertmanager.yml', alertmanagerConfig(config)), secret: true }],
    mounts: [{ kind: 'volume', volume: 'alertmanager', path: '/alertmanager', readOnly: false }],
    health: health(['wget', '-qO-', `http://127.0.0.1:${PORTS.alertmanager}/-/ready`]),
    user: '65534:65534',
  };
}

function grafana({ networks, grafanaPassword, images }: MonitoringContext): MonitoringContainer {
  const provisioning = grafanaProvisioning(`http://prometheus:${PORTS.prometheus}`, `${FILES_DIR}/dashboards`);
  return {
    ...common(networks, 512 * MIB),
    name: 'grafana',
    image: images.grafana,
    command: null,
    dependsOn: ['prometheus'],
    environment: {
      GF_PATHS_PROVISIONING: `${FILES_DIR}/provisioning`,
      GF_SECURITY_ADMIN_PASSWORD__FILE: `${FILES_DIR}/grafana-password`,
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
    },
    files: [
      file('provisioning/datasources/prometheus.yml', provisioning.datasources),
      file('provisioning/dashboards/supastor.yml', provisioning.dashboards),
      file('dashboards/supastor.json', grafanaDashboard()),
      { name: 'grafana-password', content: grafanaPassword, secret: true },
    ],
    mounts: [
      { kind: 'volume', volume: 'grafana', path: '/var/lib/grafana', readOnly: false },
      { kind: 'tmpfs', path: '/tmp', maxBytes: 64 * MIB },
    ],
    published: [{ name: 'http', host: '127.0.0.1', port: PORTS.grafana, containerPort: PORTS.grafana }],
    health: health(['wget', '-qO-', `http://127.0.0.1:${PORTS.grafana}/api/health`]),
    user: '472:0',
  };
}

function common(networks: readonly string[], memoryBytes: number) {
  return {
    entrypoint: null,
    dependsOn: [],
    replicas: 1,
    environment: {},
    networks,
    published: [],
    limits: { memoryBytes, cpus: null, processes: 200 },
    capabilities: [],
    // Each owns its volume.
    update: 'stop-first',
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 30_000,
    logs: { maxFileBytes: 10 * MIB, maxFiles: 3 },
  } as const;
}

/** JSON is YAML. */
function file(name: string, content: unknown): ContainerFile {
  return { name, content: `${JSON.stringify(content, null, 2)}\n`, secret: false };
}

function health(command: readonly string[]) {
  return { command, intervalMs: 10_000, timeoutMs: 5000, startPeriodMs: 60_000, retries: 3 };
}
