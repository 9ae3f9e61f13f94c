import { logLevelSchema } from '@supastor/contract/wire/log-record';
import { withSecretFiles } from '../../config-files/secret-files.ts';
import { startMetaServer } from './start.ts';

const env = withSecretFiles(process.env);
// postgres-meta reads its settings from there when it is loaded.
Object.assign(process.env, env);
for (const name of ['CRYPTO_KEY', 'PG_META_PORT']) {
  if (!env[name]) {
    process.stderr.write(`error: ${name} is not set\n`);
    process.exit(2);
  }
}

const server = await startMetaServer({
  host: env['PG_META_HOST'] ?? '127.0.0.1',
  port: Number(env['PG_META_PORT']),
  level: logLevelSchema.catch('info').parse(env['LOG_LEVEL']),
});

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void server.stop().finally(() => process.exit(0));
  });
}
