import { z } from 'zod';
import { field, flag, integer, list, port, secret, text } from './field.ts';

/** How connections to Postgres are protected, from not at all to completely; the words are those of libpq. */
export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

const ADDRESS = /^(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::[1-9]\d{0,4})?$/i;
const isAddress = (replica: string) => ADDRESS.test(replica) && URL.canParse(`postgresql://${replica}`);

/** Host and port of an entry of `postgres.replicas`. */
export function replicaAddress(replica: string): { readonly host: string; readonly port: number } {
  const { hostname, port: given } = new URL(`postgresql://${replica}`);
  return { host: hostname, port: given === '' ? 5432 : Number(given) };
}

export const postgresSchema = z.strictObject({
  managed: field(flag().default(true), {
    description: 'true: this stack runs its own Postgres. false: connect to one that runs elsewhere.',
    env: ['SUPASTOR_POSTGRES_MANAGED'],
  }),
  host: field(text().default('127.0.0.1'), {
    description: 'Address Postgres listens on (managed) or is reached at.',
    env: ['SUPASTOR_POSTGRES_HOST', 'POSTGRES_HOST'],
  }),
  port: field(port().default(5432), {
    description: 'TCP port of Postgres.',
    unit: 'port',
    env: ['SUPASTOR_POSTGRES_PORT', 'POSTGRES_PORT'],
  }),
  database: field(text().default('postgres'), {
    description: 'Database that holds the storage schema.',
    env: ['SUPASTOR_POSTGRES_DATABASE', 'POSTGRES_DB'],
  }),
  user: field(text().default('postgres'), {
    description: 'Administrative role.',
    env: ['SUPASTOR_POSTGRES_USER', 'POSTGRES_USER'],
  }),
  password: secret({
    description: 'Password of the administrative role.',
    env: ['SUPASTOR_POSTGRES_PASSWORD', 'POSTGRES_PASSWORD'],
  }).optional(),
  storagePassword: secret({
    description: 'Password of supabase_storage_admin, the role storage connects as.',
    env: ['SUPASTOR_POSTGRES_STORAGE_PASSWORD'],
  }).optional(),
  ssl: field(flag().default(false), {
    description: 'The short form of `sslMode: verify-full`.',
    env: ['SUPASTOR_POSTGRES_SSL', 'POSTGRES_SSL'],
  }),
  sslMode: field(z.enum(SSL_MODES).optional(), {
    description:
      'TLS to an external Postgres. disable: none; prefer: where the server speaks it; require: always, but the certificate is checked only with a CA; verify-ca: the certificate is of the CA; verify-full: and for this host. Default: verify-full with a CA or with `ssl`, else disable.',
    env: ['SUPASTOR_POSTGRES_SSL_MODE', 'PGSSLMODE'],
  }),
  caFile: field(text().optional(), {
    description:
      'PEM file with the certificates of the authorities that the certificate of an external Postgres may be of. Default: the well-known ones.',
    env: ['SUPASTOR_POSTGRES_CA_FILE', 'PGSSLROOTCERT'],
  }),
  ca: field(text().optional(), {
    description: 'Those certificates themselves, instead of `caFile`.',
    env: ['SUPASTOR_POSTGRES_CA', 'DATABASE_SSL_ROOT_CERT', 'PG_META_DB_SSL_ROOT_CERT'],
  }),
  certFile: field(text().optional(), {
    description: 'PEM file with the certificate that we show to an external Postgres, for servers that ask for one.',
    env: ['SUPASTOR_POSTGRES_CERT_FILE', 'PGSSLCERT'],
  }),
  cert: field(text().optional(), { description: 'That certificate itself, instead of `certFile`.', env: ['SUPASTOR_POSTGRES_CERT'] }),
  keyFile: field(text().optional(), { description: 'PEM file with the key of that certificate.', env: ['PGSSLKEY'] }),
  key: secret({ description: 'That key itself, instead of `keyFile`.', env: ['SUPASTOR_POSTGRES_KEY'] }).optional(),
  poolerHost: field(text().optional(), {
    description:
      'Address of a pooler in transaction mode (PgBouncer) in front of the same database. Requests of the storage server then go through it.',
    env: ['SUPASTOR_POSTGRES_POOLER_HOST'],
  }),
  poolerSslMode: field(z.enum(SSL_MODES).optional(), {
    description: 'TLS to the pooler. Default: that to an external Postgres; none in front of one of this stack.',
    env: ['SUPASTOR_POSTGRES_POOLER_SSL_MODE'],
  }),
  poolerPort: field(port().default(6432), {
    description: 'TCP port of the pooler.',
    unit: 'port',
    env: ['SUPASTOR_POSTGRES_POOLER_PORT'],
  }),
  replicas: field(
    list()
      .refine(
        (replicas) => replicas.every(isAddress),
        'expected host or host:port, such as 10.0.0.8:5432: user, database and TLS are those of postgres.host',
      )
      .default([]),
    {
      description:
        'Streaming standbys of an external Postgres, as host or host:port. Lists and metadata are read from them where they have all that was acknowledged.',
      env: ['SUPASTOR_POSTGRES_REPLICAS'],
    },
  ),
  maxReplicaLag: field(integer(10, 60_000).default(100), {
    description: 'Longest that a read waits for a replica to catch up with what it must see; then the primary answers.',
    unit: 'milliseconds',
    env: ['SUPASTOR_POSTGRES_MAX_REPLICA_LAG'],
  }),
  maxConnections: field(integer(10, 10_000).default(100), {
    description: 'max_connections of a managed Postgres.',
    env: ['SUPASTOR_POSTGRES_MAX_CONNECTIONS'],
  }),
});
