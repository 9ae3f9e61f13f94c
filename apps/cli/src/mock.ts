import { startMock } from '@supastor/adapters/mocks/start-mock';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { SupastorError } from '@supastor/contract/errors';
import { logLevelSchema } from '@supastor/contract/wire/log-record';

// Third composition root: one mock service of a stack in development.
const name = process.env['SUPASTOR_MOCK'] ?? 'mock';
process.title = `supastor-${name}`;
const logger = createLogger({ service: name, level: logLevelSchema.catch('info').parse(process.env['LOG_LEVEL']) });

try {
  const mock = await startMock(process.env);
  logger.info({ url: mock.url }, 'mock ready');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void mock.stop().finally(() => process.exit(0)));
  }
} catch (error) {
  logger.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exit(error instanceof SupastorError ? error.exitCode : 1);
}
