import type { LogLevel } from '@supastor/contract/wire/log-record';
import { pino, type Logger } from 'pino';

export type { Logger };

/** Names whose values never reach a log line, at any of the first three depths. */
const SECRET_FIELDS = ['authorization', 'cookie', 'apikey', 'password', 'token', 'secret', 'set-cookie', 'x-signature'];
const REDACTED_PATHS = SECRET_FIELDS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

interface LineDestination {
  write(text: string): boolean;
  flushSync(): void;
}

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
}

/** Lines held while they cannot be written (a full disk); beyond it they are dropped. */
const MAX_PENDING_BYTES = 1_000_000;
/** So long the line of a request may wait for others. Each write wakes a thread, which costs a tenth of a small request. */
const HOLD_MS = 20;
const MAX_HELD_CHARACTERS = 16_384;
/** How lines end that are in no hurry: those that are written for each request, with the message `request` or `s3 request`. */
const END_OF_REQUEST_LINE = 'request"}\n';

/**
 * A logger that writes {@link https://github.com/pinojs/pino | pino} NDJSON to stdout in the shape of contract/wire/log-record. Lines of
 * requests are written together, at the latest after 20 ms, when the process exits, or with the next line of another kind.
 */
export function createLogger({ service, level }: LoggerOptions): Logger {
  const destination = pino.destination({ dest: 1, sync: false, maxLength: MAX_PENDING_BYTES });
  // A log line that cannot be written must not end the service; it is tried again with the next one.
  destination.on('error', () => undefined);
  return pino(
    {
      level,
      base: { service },
      messageKey: 'msg',
      timestamp: createTimestamp(),
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_PATHS, censor: '***' },
    },
    holdLines(destination),
  );
}

/** Many lines are written within the same millisecond. */
function createTimestamp(): () => string {
  let lastMs = 0;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== lastMs) text = `,"time":"${new Date(nowMs).toISOString()}"`;
    lastMs = nowMs;
    return text;
  };
}

/** The destination, which gets lines in batches. Whoever ends the process flushes it, and with it what is held. */
export function holdLines<Destination extends LineDestination>(destination: Destination): Destination {
  const write = destination.write.bind(destination);
  const flushSync = destination.flushSync.bind(destination);
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    if (held === '') return;
    const lines = held;
    held = '';
    write(lines);
  };
  return Object.assign(destination, {
    write(line: string) {
      held += line;
      if (held.length >= MAX_HELD_CHARACTERS || !line.endsWith(END_OF_REQUEST_LINE)) release();
      else timer ??= setTimeout(release, HOLD_MS);
      return true;
    },
    flushSync() {
      release();
      flushSync();
    },
  });
}
