import { withSecretFiles } from '@supastor/adapters/config-files/secret-files';
import { SupastorError } from '@supastor/contract/errors';
import { readOptions } from './environment.ts';
import { startAdminApi } from './start.ts';

/** Longest a stop may take before the process ends anyway. */
const DRAIN_MS = 4500;

try {
  const options = readOptions(withSecretFiles(process.env));
  const server = await startAdminApi(options);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), options.drainSeconds * 1000 + DRAIN_MS).unref();
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  const known = error instanceof SupastorError;
  const record = {
    time: new Date().toISOString(),
    level: 'fatal',
    service: 'admin',
    msg: known ? error.message : 'admin-api did not start',
    ...(known ? { code: error.code, hint: error.hint } : { err: error instanceof Error ? error.stack : String(error) }),
  };
  process.stdout.write(`${JSON.stringify(record)}\n`);
  process.exitCode = known ? error.exitCode : 1;
}
