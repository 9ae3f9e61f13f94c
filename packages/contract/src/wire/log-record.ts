import { z } from 'zod';
import { named } from '../operations/type-names.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export const logLevelSchema = named('LogLevel', z.enum(LOG_LEVELS));
export type LogLevel = z.infer<typeof logLevelSchema>;

/** One line of a service's log file (NDJSON). Fields beyond these are the service's own. */
export const logRecordSchema = z
  .object({
    /** ISO 8601, UTC, milliseconds. */
    time: z.string(),
    level: logLevelSchema,
    service: z.string(),
    msg: z.string(),
    requestId: z.string().optional(),
  })
  .catchall(z.unknown());
export type LogRecord = z.infer<typeof logRecordSchema>;
