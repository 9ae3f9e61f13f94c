/**
 * The one catalogue of failures. Codes are permanent: never reuse or renumber one.
 * `http` is the status a server door answers with, `exit` the CLI's exit code.
 */
export const ERRORS = {
  SJ_INTERNAL: { title: 'Internal error', http: 500, exit: 1 },
  SJ_USAGE: { title: 'Wrong usage', http: 400, exit: 2 },
  SJ_INPUT_INVALID: { title: 'Invalid input', http: 400, exit: 2 },

  SJ_CONFIG_INVALID: { title: 'Invalid configuration', http: 400, exit: 2 },
  SJ_CONFIG_NOT_FOUND: { title: 'No configuration found', http: 404, exit: 5 },
  SJ_CONFIG_EXISTS: { title: 'Configuration exists already', http: 409, exit: 6 },
  SJ_ENVIRONMENT_UNKNOWN: { title: 'Unknown environment', http: 404, exit: 5 },
  SJ_SECRETS_MISSING: { title: 'Secrets are missing', http: 400, exit: 2 },

  SJ_NODE_UNSUPPORTED: { title: 'Unsupported Node.js version', http: 500, exit: 7 },
  SJ_PLATFORM_UNSUPPORTED: { title: 'Unsupported platform', http: 500, exit: 7 },
  SJ_TARGET_UNSUPPORTED: { title: 'Unsupported deployment target', http: 400, exit: 7 },

  SJ_PORT_TAKEN: { title: 'Port is taken', http: 409, exit: 6 },
  SJ_DIRECTORY_NOT_WRITABLE: { title: 'Directory is not writable', http: 500, exit: 1 },
  SJ_NO_SPACE: { title: 'No space left on device', http: 507, exit: 1 },
  SJ_LOCKED: { title: 'Another command holds the lock', http: 409, exit: 6 },

  SJ_ENGINE_UNREACHABLE: { title: 'Docker engine is not reachable', http: 503, exit: 3 },
  SJ_NO_SWARM: { title: 'Engine is no Swarm manager', http: 409, exit: 7 },
  SJ_IMAGE_MISSING: { title: 'Image cannot be had', http: 404, exit: 5 },
  SJ_IMAGE_BUILD_FAILED: { title: 'Image could not be built', http: 500, exit: 10 },
  SJ_ROLLED_BACK: { title: 'Change was rolled back', http: 500, exit: 10 },
  SJ_SUPERVISOR_UNREACHABLE: { title: 'Supervisor is not reachable', http: 503, exit: 3 },
  SJ_NOT_RUNNING: { title: 'Stack is not running', http: 409, exit: 10 },
  SJ_SERVICE_UNKNOWN: { title: 'Unknown service', http: 404, exit: 5 },
  SJ_SERVICE_START_FAILED: { title: 'Service did not start', http: 500, exit: 10 },
  SJ_SERVICE_UNHEALTHY: { title: 'Service is unhealthy', http: 503, exit: 10 },
  SJ_TRANSITION_REFUSED: { title: 'Life-cycle move refused', http: 409, exit: 6 },
  SJ_PARTIAL: { title: 'Only part of the change was made', http: 500, exit: 9 },

  SJ_UNAUTHENTICATED: { title: 'Not signed in', http: 401, exit: 4 },
  SJ_CODE_NEEDED: { title: 'Second factor needed', http: 401, exit: 4 },
  SJ_FORBIDDEN: { title: 'Not allowed', http: 403, exit: 4 },
  SJ_RATE_LIMITED: { title: 'Too many requests', http: 429, exit: 3 },
  SJ_NOT_FOUND: { title: 'Not found', http: 404, exit: 5 },
  SJ_CONFLICT: { title: 'Conflict', http: 409, exit: 6 },
  SJ_PRECONDITION_FAILED: { title: 'Changed meanwhile', http: 412, exit: 6 },
  SJ_IDEMPOTENCY_REUSED: { title: 'Idempotency key belongs to another request', http: 422, exit: 6 },
  SJ_UPSTREAM_FAILED: { title: 'A service behind us failed', http: 502, exit: 3 },
  SJ_DATABASE_UNREACHABLE: { title: 'Database is not reachable', http: 503, exit: 3 },
  SJ_AUDIT_UNAVAILABLE: { title: 'Audit trail cannot be written', http: 503, exit: 3 },
  SJ_SCHEMA_REFUSED: { title: 'Storage schema cannot be taken over', http: 500, exit: 7 },
  SJ_BACKUP_DAMAGED: { title: 'Backup is damaged', http: 409, exit: 10 },
  SJ_TIMEOUT: { title: 'Timed out', http: 504, exit: 3 },
  SJ_INTERRUPTED: { title: 'Interrupted', http: 499, exit: 130 },
} as const satisfies Record<string, { title: string; http: number; exit: number }>;

export type ErrorCode = keyof typeof ERRORS;

/** Plain form of a {@link SupastorError}, as doors and `--output json` show it. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly title: string;
  readonly message: string;
  readonly hint?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

export interface ErrorDetails {
  /** What to type or change next. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Fields for machines; never secrets. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** The only error class thrown for expected failures. Anything else that is thrown is a bug. */
export class SupastorError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly meta: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SupastorError';
    this.code = code;
    this.hint = details.hint;
    this.meta = details.meta;
  }

  get title(): string {
    return ERRORS[this.code].title;
  }

  get httpStatus(): number {
    return ERRORS[this.code].http;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      title: this.title,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.meta === undefined ? {} : { meta: this.meta }),
    };
  }
}
