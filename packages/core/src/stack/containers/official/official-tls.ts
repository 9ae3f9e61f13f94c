import type { SslMode } from '@supastor/contract/config/postgres';
import type { Config } from '@supastor/contract/config/schema';
import { databaseUrl, poolerUrl } from '../../services/shared.ts';
import { poolerSslMode, sslMode } from '../../services/postgres-tls.ts';

/** Connection string for servers whose driver takes the certificates from elsewhere, and reads `sslmode` in its own way. */
export function officialDatabaseUrl(config: Config, user: string, password: string): string {
  return databaseUrl(withoutTls(config), user, password) + params(config, sslMode(config));
}

/** The same through the pooler; null without one. */
export function officialPoolerUrl(config: Config, user: string, password: string): string | null {
  const url = poolerUrl(withoutTls(config), user, password);
  return url === null ? null : url + params(config, poolerSslMode(config));
}

function withoutTls(config: Config): Config {
  return { ...config, postgres: { ...config.postgres, ssl: false, sslMode: 'disable', poolerSslMode: 'disable' } };
}

/** With a CA beside it, a parameter would take its place; without TLS the CA must be overruled. */
function params({ postgres }: Config, mode: SslMode): string {
  if (mode === 'disable') return postgres.managed || postgres.ca === undefined ? '' : '?sslmode=disable';
  if (mode === 'verify-full') return postgres.ca === undefined ? '?sslmode=verify-full' : '';
  return '?sslmode=no-verify';
}
