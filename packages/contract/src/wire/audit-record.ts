import { z } from 'zod';
import { named } from '../operations/type-names.ts';

export const AUDIT_OUTCOMES = ['done', 'failed', 'denied', 'interrupted'] as const;

/** Who acted. `sessionId` is the API key's id when it was a key. */
export const auditIdentitySchema = named(
  'AuditIdentity',
  z.object({ email: z.string(), sessionId: z.string(), apiKeyId: z.string().nullable() }),
);

/** What the trail keeps before an operation runs; the text of the entry is canonical JSON of this. */
export const auditIntentRecordSchema = z.object({
  kind: z.literal('intent'),
  seq: z.number().int(),
  auditId: z.string(),
  /** ISO 8601. */
  at: z.string(),
  operation: z.string(),
  effect: z.enum(['read', 'write', 'destructive']),
  identity: auditIdentitySchema.nullable(),
  /** What was acted on, as `bucket/photos`; null when the operation names nothing. */
  resource: z.string().nullable(),
  /** Input of the operation, secrets masked by schema. */
  parameters: z.unknown().optional(),
  requestId: z.string(),
  ip: z.string(),
  userAgent: z.string().nullable(),
  /** Id of the process that wrote the entry. */
  writer: z.string(),
});

/** What the trail keeps after an operation ran, or when it is known that it never ended. */
export const auditOutcomeRecordSchema = z.object({
  kind: z.literal('outcome'),
  seq: z.number().int(),
  auditId: z.string(),
  at: z.string(),
  operation: z.string(),
  outcome: z.enum(AUDIT_OUTCOMES),
  /** Code of the error catalogue when it did not succeed. */
  code: z.string().nullable(),
  /** Null when it was interrupted. */
  durationMs: z.number().nullable(),
  /** The thing acted on before and after, where the operation knows them. */
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  writer: z.string(),
});
