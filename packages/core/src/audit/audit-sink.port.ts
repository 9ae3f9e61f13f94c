import type { ErrorCode } from '@supastor/contract/errors';
import type { OperationEffect } from '@supastor/contract/operations/define';

/** Written before an operation runs. Parameters are already redacted by schema. */
export interface AuditIntent {
  readonly auditId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly operation: string;
  readonly effect: OperationEffect;
  readonly identity: { readonly email: string; readonly sessionId: string } | null;
  readonly parameters: unknown;
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string | null;
}

/** Written after it; every intent gets exactly one unless the process dies in between. */
export interface AuditOutcome {
  readonly auditId: string;
  readonly at: string;
  readonly operation: string;
  readonly outcome: 'done' | 'failed' | 'denied';
  readonly code: ErrorCode | null;
  readonly durationMs: number;
}

/** Append-only trail. A failing intent stops the operation before it has touched anything. */
export interface AuditSink {
  intent(entry: AuditIntent): Promise<void>;
  outcome(entry: AuditOutcome): Promise<void>;
}
