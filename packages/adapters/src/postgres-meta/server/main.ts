import { logLevelSchema } from '@supastor/contract/wire/log-record';
import { withSecretFiles } from '../../config-files/secret-files.ts';
import { splitTls } from '../../postgres-tls/tls-parameters.ts';
import { withTlsDefaults } from '../../postgres-tls/url-defaults.ts';
import { startMetaServer } from './start.ts';

const env = withSecretFiles(process.env);
// The original's name of the certificates, which it would read in its own way.
const { PG_META_DB_SSL_ROOT_CERT: ca, ...rest } = env;
delete process.env['PG_META_DB_SSL_ROOT_CERT'];
for (const name of ['CRYPTO_KEY', 'PG_META_PORT', 'PG_META_DB_URL']) {
  if (!env[name]) {
    process.stderr.write(`error: ${name} is not set\n`);
    process.exit(2);
  }
}

const databaseUrl = withTlsDefaults(env['PG_META_DB_URL'] ?? '', { ...rest, ...(ca && { DATABASE_SSL_ROOT_CERT: ca }) });
// postgres-meta reads its settings from there when it is loaded; of TLS it knows too little.
Object.assign(process.env, rest, { PG_META_DB_URL: splitTls(databaseUrl).connectionString });

const server = await startMetaServer({
  host: env['PG_META_HOST'] ?? '127.0.0.1',
  port: Number(env['PG_META_PORT']),
  level: logLevelSchema.catch('info').parse(env['LOG_LEVEL']),
  databaseUrl,
});

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void server.stop().finally(() => process.exit(0));
  });
}
