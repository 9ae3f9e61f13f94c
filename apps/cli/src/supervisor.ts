import { tmpdir, userInfo } from 'node:os';
import { stackPaths } from '@supastor/adapters/targets/embedded/files/paths';
import { runSupervisor } from '@supastor/adapters/targets/embedded/supervisor/run-supervisor';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { SupastorError } from '@supastor/contract/errors';
import { locateInstallation } from './commands/stack/installation.ts';
import { inheritedEnvironment, SUPERVISOR_OPTIONS_NAME, supervisorOptionsSchema } from './commands/stack/supervisor-options.ts';

// Second composition root: the process that outlives the command that started it and looks after the services.
process.umask(0o077);
process.title = 'supastor-supervisor';

const options = supervisorOptionsSchema.parse(JSON.parse(process.env[SUPERVISOR_OPTIONS_NAME] ?? 'null'));
const logger = createLogger({ service: 'supervisor', level: 'info' });

try {
  const supervisor = await runSupervisor({
    paths: stackPaths(options.projectDir, options.environment),
    host: { uid: userInfo().uid, xdgRuntimeDir: process.env['XDG_RUNTIME_DIR'], tmpDir: tmpdir() },
    limits: { maxFileBytes: options.maxFileBytes, maxFiles: options.maxFiles },
    entries: locateInstallation(options).entries,
    nodePath: process.execPath,
    baseEnvironment: inheritedEnvironment(process.env),
    log: (level, message, fields) => logger[level](fields ?? {}, message),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void supervisor.stop());
  // Whoever closes a terminal does not mean the services.
  process.on('SIGHUP', () => undefined);
  await supervisor.finished;
  process.exit(0);
} catch (error) {
  logger.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exit(error instanceof SupastorError ? error.exitCode : 1);
}
