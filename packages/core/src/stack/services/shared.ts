import { replicaAddress } from '@supastor/contract/config/postgres';
import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { Secret } from '@supastor/contract/secret';
import { poolerSslMode, sslMode, tlsParams } from './postgres-tls.ts';
import type { HealthCheck, RestartPolicy } from '../service-spec.ts';

/** The value of a secret that a managed stack cannot do without. @throws SJ_SECRETS_MISSING */
export function requireSecret(value: Secret | undefined, path: string): string {
  if (value) return value.reveal();
  throw new SupastorError('SJ_SECRETS_MISSING', `No value for ${path}`, { hint: 'supastor init', meta: { missing: [path] } });
}

/** Ready as soon as `path` answers 200. Start-up is polled often, a healthy service rarely. */
export function httpHealth(path: string): HealthCheck {
  return { kind: 'http', port: 'http', path, intervalMs: 3000, timeoutMs: 3000, startPeriodMs: 60_000 };
}

export function restartPolicy(config: Config): RestartPolicy {
  const { maxRestarts, windowSeconds, backoffInitialMs, backoffMaxMs } = config.restart;
  return { maxRestarts, windowSeconds, backoffInitialMs, backoffMaxMs };
}

/** Address of Postgres as services reach it, with references where this stack runs it. */
export function postgresAddress(config: Config): { readonly host: string; readonly port: string; readonly params: string } {
  if (config.postgres.managed) {
    return { host: '{{host:postgres.postgres}}', port: '{{port:postgres.postgres}}', params: '{{params:postgres.postgres}}' };
  }
  return { host: bracket(config.postgres.host), port: String(config.postgres.port), params: tlsParams(sslMode(config), config) };
}

/** `postgresql://` URL of the configured database for one role. */
export function databaseUrl(config: Config, user: string, password: string): string {
  const { host, port, params } = postgresAddress(config);
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(config.postgres.database)}${params}`;
}

/** The same database through the pooler in front of it; null without one. */
export function poolerUrl(config: Config, user: string, password: string): string | null {
  const { poolerHost: host, poolerPort: port, database } = config.postgres;
  if (host === undefined) return null;
  const params = tlsParams(poolerSslMode(config), config);
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${bracket(host)}:${port}/${encodeURIComponent(database)}${params}`;
}

/** The same database on each of its standbys. */
export function replicaUrls(config: Config, user: string, password: string): readonly string[] {
  const { replicas, database } = config.postgres;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const params = tlsParams(sslMode(config), config);
  return replicas.map((replica) => {
    const { host, port } = replicaAddress(replica);
    return `postgresql://${login}@${host}:${port}/${encodeURIComponent(database)}${params}`;
  });
}

/** Role the storage server connects as. */
export const STORAGE_ROLE = 'supabase_storage_admin';

function bracket(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
