import { readLogRecords } from '@supastor/adapters/targets/embedded/logs/log-reader';
import { SupastorError } from '@supastor/contract/errors';
import { LOG_LEVELS, type LogRecord } from '@supastor/contract/wire/log-record';
import { SERVICE_NAMES } from '@supastor/contract/wire/service-status';
import type { LogQuery } from '@supastor/core/stack/stack-control.port';
import type { CliContext } from '../../context.ts';
import { formatRecord } from './format-record.ts';
import { openRunningStack } from './open-stack.ts';
import { parseServices } from './parse-services.ts';
import { parseSince } from './parse-since.ts';

export interface LogsFlags {
  readonly follow?: boolean;
  readonly since?: string;
  readonly level?: string;
  readonly tail: string;
  readonly json?: boolean;
}

/** Shows logs from the supervisor, or from the files when the stack is stopped. */
export async function runLogs(context: CliContext, names: readonly string[], flags: LogsFlags): Promise<void> {
  const query = parseQuery(names, flags);
  const print = (record: LogRecord) =>
    context.output.record(record, (value, style) => (flags.json === true ? JSON.stringify(value) : formatRecord(value, style)));
  const stack = await openRunningStack(context);
  if (stack.kind === 'containers') {
    const { openContainerProject } = await import('./containers/open-containers.ts');
    const { control } = await openContainerProject(context, stack);
    for await (const record of control.logs(query, context.signal)) print(record);
    return;
  }
  const { target, project, config } = stack;
  try {
    for await (const record of target.control.logs(query, context.signal)) print(record);
  } catch (error) {
    const code = error instanceof SupastorError ? error.code : null;
    if (code === 'SJ_INTERRUPTED' && query.follow) return;
    if (code !== 'SJ_SUPERVISOR_UNREACHABLE') throw error;
    if (query.follow) {
      throw new SupastorError('SJ_NOT_RUNNING', `${project} has no supervisor, so there is nothing to follow`, {
        hint: 'supastor up',
        cause: error,
      });
    }
    const files = { logsDir: target.paths.logsDir, maxFiles: config?.logging.maxFiles ?? 100, services: SERVICE_NAMES };
    for (const record of readLogRecords(files, query)) print(record);
  }
}

function parseQuery(names: readonly string[], { follow, since, level, tail }: LogsFlags): LogQuery {
  const known = LOG_LEVELS.find((candidate) => candidate === level);
  if (level !== undefined && !known)
    throw new SupastorError('SJ_USAGE', `"${level}" is no level`, { hint: `levels: ${LOG_LEVELS.join(', ')}` });
  const count = Number(tail);
  if (!Number.isInteger(count) || count < 0) throw new SupastorError('SJ_USAGE', `--tail must be a whole number, not "${tail}"`);
  return {
    services: parseServices(names),
    ...(known ? { level: known } : {}),
    ...(since === undefined ? {} : { since: parseSince(since, Date.now()) }),
    tail: count,
    follow: follow === true,
  };
}
