/** Time, injected so that tests decide it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Source of unique ids (request, audit entry, session). */
export interface IdSource {
  next(): string;
}

/** Structured log; fields first, constant message second, as pino takes them. */
export interface OperationLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
