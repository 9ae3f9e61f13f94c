import type { Config } from '@supastor/contract/config/schema';
import { connectionInfo, type ConnectionValue } from '@supastor/core/stack/connection-info';
import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import { behindEdge, edgeUrl } from '@supastor/core/stack/containers/public-url';
import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

/** Connection values with the ports the services really have. */
export function connectionOf(config: Config, services: readonly ServiceStatus[]): readonly ConnectionValue[] {
  const ports = services.flatMap((service) => Object.entries(service.ports).map(([name, port]) => [`${service.name}.${name}`, port]));
  return connectionInfo(config, Object.fromEntries(ports));
}

/** What only the stack's own networks reach. */
const INSIDE: readonly string[] = ['META_URL', 'DB_URL'];

/** How clients reach containers: through the edge, and Grafana on this machine where it runs. */
export function containerConnection(config: Config, services: readonly ServiceStatus[]): readonly ConnectionValue[] {
  const admin = edgeUrl(config);
  const grafana = services.find(({ name }) => name === 'grafana')?.ports['http'];
  const values = connectionInfo(behindEdge(config), {}).flatMap((value) => {
    if (value.name === 'ADMIN_URL') return plain('ADMIN_URL', admin);
    if (value.name === 'STORAGE_S3_ROOT_URL') return plain(value.name, edgeUrl(config, config.storage.s3RootPort));
    return INSIDE.includes(value.name) ? [] : value;
  });
  if (grafana === undefined) return values;
  return [...values, plain('GRAFANA_URL', `http://127.0.0.1:${grafana}`)];
}

function plain(name: string, value: string): ConnectionValue {
  return { name, value, masked: value };
}

/** As machines get it: secrets masked unless asked for. */
export function connectionRecord(values: readonly ConnectionValue[], showSecrets: boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map(({ name, value, masked }) => [name, showSecrets ? value : masked]));
}

const LABELS: readonly (readonly [string, string])[] = [
  ['API', 'API_URL'],
  ['Storage', 'STORAGE_URL'],
  ['S3', 'STORAGE_S3_URL'],
  ['S3 (root)', 'STORAGE_S3_ROOT_URL'],
  ['Dashboard', 'ADMIN_URL'],
  ['Meta', 'META_URL'],
  ['Database', 'DB_URL'],
  ['Grafana', 'GRAFANA_URL'],
  ['Mock inbox', 'MOCK_INBOX_URL'],
  ['Mock SMTP', 'MOCK_SMTP_URL'],
  ['Mock OIDC', 'MOCK_OIDC_ISSUER'],
  ['Mock webhooks', 'MOCK_WEBHOOKS_URL'],
  ['Mock S3', 'MOCK_S3_URL'],
];

/** The addresses, one a line; no secrets. */
export function formatUrls(values: readonly ConnectionValue[], style: Style): string {
  const byName = new Map(values.map(({ name, masked }) => [name, masked]));
  const known = LABELS.filter(([, name]) => byName.has(name));
  return formatTable(known.map(([label, name]) => [`  ${style.dim(label)}`, style.cyan(byName.get(name) ?? '')]));
}

/** `KEY=value` lines. */
export function formatEnv(record: Readonly<Record<string, string>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}
