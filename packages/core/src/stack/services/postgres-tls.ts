import type { SslMode } from '@supastor/contract/config/postgres';
import type { Config } from '@supastor/contract/config/schema';

/** Names of the files below which a container finds certificates and the key. */
export const TLS_FILES = { ca: 'postgres-ca.pem', cert: 'postgres-cert.pem', key: 'postgres-key.pem' } as const;

/** TLS to an external Postgres, as configured. */
export function sslMode({ postgres }: Config): SslMode {
  const { managed, ssl, ca, caFile } = postgres;
  if (managed) return 'disable';
  return postgres.sslMode ?? (ssl || ca !== undefined || caFile !== undefined ? 'verify-full' : 'disable');
}

/** TLS to the pooler in front of it. */
export function poolerSslMode(config: Config): SslMode {
  return config.postgres.poolerSslMode ?? sslMode(config);
}

/** The end of a connection string, with the parameters of libpq. Certificates are named by their file, or stand there themselves. */
export function tlsParams(mode: SslMode, { postgres }: Config): string {
  if (mode === 'disable') return '';
  const params = {
    sslmode: mode,
    sslrootcert: postgres.caFile ?? postgres.ca,
    sslcert: postgres.certFile ?? postgres.cert,
    sslkey: postgres.keyFile ?? postgres.key?.reveal(),
  };
  const given = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  return `?${given.join('&')}`;
}
