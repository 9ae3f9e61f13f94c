import type { ErrorCode } from '@supastor/contract/errors';
import type { OperationEffect } from '@supastor/contract/operations/define';

/** Written before an operation runs. Parameters are already redacted by schema. */
export interface AuditIntent {
  readonly auditId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly operation: string;
  readonly effect: OperationEffect;
  readonly identity: { readonly email: string; readonly sessionId: string; readonly apiKeyId: string | null } | null;
  /** What is acted on, as `bucket/photos`. */
  readonly resource: string | null;
  readonly parameters: unknown;
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string | null;
}

/** Written after it; every intent gets exactly one, `interrupted` from a later process when this one dies in between. */
export interface AuditOutcome {
  readonly auditId: string;
  readonly at: string;
  readonly operation: string;
  readonly outcome: 'done' | 'failed' | 'denied';
  readonly code: ErrorCode | null;
  readonly durationMs: number;
  /** The thing acted on, where the operation knows it. */
  readonly change: { readonly before?: unknown; readonly after?: unknown };
}

export interface IntentOptions {
  /** The operation may run although the trail cannot be written now; the record follows when it can. */
  readonly deferrable: boolean;
}

/** Append-only trail. A failing intent stops the operation before it has touched anything; an outcome never fails. */
export interface AuditSink {
  /** @throws SJ_AUDIT_UNAVAILABLE */
  intent(entry: AuditIntent, options: IntentOptions): Promise<void>;
  outcome(entry: AuditOutcome): Promise<void>;
}
