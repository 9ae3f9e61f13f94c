import type { LogLevel } from '@supastor/contract/wire/log-record';
import { pino, type Logger } from 'pino';

export type { Logger };

/** Names whose values never reach a log line, at any of the first three depths. */
const SECRET_FIELDS = ['authorization', 'cookie', 'apikey', 'password', 'token', 'secret', 'set-cookie', 'x-signature'];
const REDACTED_PATHS = SECRET_FIELDS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
}

/** Lines held while they cannot be written (a full disk); beyond it they are dropped. */
const MAX_PENDING_BYTES = 1_000_000;

/** A logger that writes {@link https://github.com/pinojs/pino | pino} NDJSON to stdout in the shape of contract/wire/log-record. */
export function createLogger({ service, level }: LoggerOptions): Logger {
  const destination = pino.destination({ dest: 1, sync: false, maxLength: MAX_PENDING_BYTES });
  // A log line that cannot be written must not end the service; it is tried again with the next one.
  destination.on('error', () => undefined);
  return pino(
    {
      level,
      base: { service },
      messageKey: 'msg',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_PATHS, censor: '***' },
    },
    destination,
  );
}
