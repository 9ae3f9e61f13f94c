import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { type ContainerFile, type ContainerSpec, FILES_DIR } from '../../stack/containers/container-spec.ts';
import { CONTAINER_PORTS, containerDefaults, scratch } from '../../stack/containers/services/from-service.ts';
import { prometheusRules } from '../prometheus-rules.ts';
import { alertmanagerConfig } from './alertmanager-config.ts';
import { grafanaDashboard, grafanaProvisioning } from './grafana-dashboard.ts';
import { prometheusConfig } from './prometheus-config.ts';

const PORTS = { prometheus: 9090, alertmanager: 9093, grafana: 3000 } as const;
const MIB = 1_048_576;
/** `nobody`, as whom the official images of Prometheus and Alertmanager run. */
const NOBODY = '65534:65534';

/**
 * Prometheus, Alertmanager and Grafana with everything they need to know, in the order in which they start; none unless
 * `containers.with` asks for monitoring.
 * @throws SJ_SECRETS_MISSING
 */
export function monitoringContainers(config: Config): readonly ContainerSpec[] {
  if (!config.containers.with.includes('monitoring')) return [];
  const { scrapeToken, grafanaPassword } = config.monitoring;
  if (scrapeToken === undefined || grafanaPassword === undefined) {
    const missing = [
      ...(scrapeToken === undefined ? ['monitoring.scrapeToken'] : []),
      ...(grafanaPassword === undefined ? ['monitoring.grafanaPassword'] : []),
    ];
    throw new SupastorError('SJ_SECRETS_MISSING', `No value for ${missing.join(', ')}, which monitoring needs`, {
      hint: 'supastor init',
      meta: { missing },
    });
  }
  return [alertmanager(config), prometheus(config, scrapeToken.reveal()), grafana(config, grafanaPassword.reveal())];
}

/** On the inner network alone: where storage has two addresses it would be scraped twice. */
function prometheus(config: Config, scrapeToken: string): ContainerSpec {
  const plan = {
    ...(config.storage.managed && { storage: { host: 'storage', port: CONTAINER_PORTS.storage } }),
    admin: { host: 'admin', port: CONTAINER_PORTS.admin },
    edge: { host: 'edge', port: CONTAINER_PORTS.edgeHealth },
    alertmanager: { host: 'alertmanager', port: PORTS.alertmanager },
  };
  return {
    ...common(config, 'prometheus', 512 * MIB),
    command: [`--config.file=${FILES_DIR}/prometheus.yml`, '--storage.tsdb.path=/prometheus', '--storage.tsdb.retention.time=30d'],
    dependsOn: ['alertmanager'],
    files: [
      file('prometheus.yml', prometheusConfig(plan)),
      file('rules.yml', prometheusRules(config.monitoring.alerts)),
      { name: 'scrape-token', content: scrapeToken, secret: true },
    ],
    mounts: [volume('prometheus', '/prometheus'), scratch('/tmp')],
    networks: ['back'],
    health: health(`http://127.0.0.1:${PORTS.prometheus}/-/ready`),
    user: NOBODY,
  };
}

/** The one of the three that must reach the world outside. */
function alertmanager(config: Config): ContainerSpec {
  return {
    ...common(config, 'alertmanager', 128 * MIB),
    // There is one of it, so there are no others to listen for.
    command: [`--config.file=${FILES_DIR}/alertmanager.yml`, '--storage.path=/alertmanager', '--cluster.listen-address='],
    files: [{ ...file('alertmanager.yml', alertmanagerConfig(config)), secret: true }],
    mounts: [volume('alertmanager', '/alertmanager'), scratch('/tmp')],
    networks: ['front', 'back'],
    health: health(`http://127.0.0.1:${PORTS.alertmanager}/-/ready`),
    user: NOBODY,
  };
}

function grafana(config: Config, password: string): ContainerSpec {
  const provisioning = grafanaProvisioning(`http://prometheus:${PORTS.prometheus}`, `${FILES_DIR}/dashboards`);
  return {
    ...common(config, 'grafana', 512 * MIB),
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
      { name: 'grafana-password', content: password, secret: true },
    ],
    mounts: [volume('grafana', '/var/lib/grafana'), scratch('/tmp')],
    networks: ['front', 'back'],
    published: [{ name: 'http', host: '127.0.0.1', port: config.monitoring.grafanaPort, containerPort: PORTS.grafana }],
    health: health(`http://127.0.0.1:${PORTS.grafana}/api/health`),
    // Its image has one user, in the group of root.
    user: '472:0',
  };
}

type MonitoringName = keyof typeof PORTS;

function common(config: Config, name: MonitoringName, memoryBytes: number) {
  return {
    ...containerDefaults(config, name, memoryBytes),
    image: config.containers.images[name],
    dependsOn: [],
    environment: {},
    // Each owns its volume.
    update: 'stop-first',
    stopTimeoutMs: 30_000,
  } as const;
}

function volume(name: MonitoringName, path: string) {
  return { kind: 'volume', volume: name, path, readOnly: false } as const;
}

/** JSON is YAML. */
function file(name: string, content: unknown): ContainerFile {
  return { name, content: `${JSON.stringify(content, null, 2)}\n`, secret: false };
}

/** All three images have the wget of BusyBox. */
function health(url: string) {
  return { command: ['wget', '-qO-', url], intervalMs: 10_000, timeoutMs: 5000, startPeriodMs: 60_000, retries: 3 };
}
