import type { Logger } from '@supastor/adapters/telemetry/logger';

/**
 * The logger for one line per request. Looking for secrets in every field would cost more than the rest of a small request,
 * so the caller passes only fields that can hold none: no headers, and paths without their query.
 */
export function createAccessLog(logger: Logger): Logger {
  return logger.child({}, { redact: [] });
}
