import { z } from 'zod';
import { AUDIT_OUTCOMES, auditIdentitySchema } from '../wire/audit-record.ts';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';
import { named } from './type-names.ts';

/** One operation of the trail: its intent joined with its outcome. */
export const auditEntrySchema = named(
  'AuditEntry',
  z.object({
    id: z.string(),
    /** Place of the intent in the chain, from 1. */
    seq: z.number().int(),
    at: z.string(),
    operation: z.string(),
    effect: z.string().nullable(),
    identity: auditIdentitySchema.nullable(),
    resource: z.string().nullable(),
    /** Null while it runs. */
    outcome: z.enum(AUDIT_OUTCOMES).nullable(),
    code: z.string().nullable(),
    durationMs: z.number().nullable(),
    parameters: z.unknown(),
    before: z.unknown(),
    after: z.unknown(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
  }),
);
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const filter = {
  identity: plainText(320).optional().describe('E-mail address of who did it, exactly'),
  operation: plainText(100).optional().describe('Operation name, or its noun (`buckets`)'),
  outcome: z.enum(AUDIT_OUTCOMES).optional().describe('How it ended'),
  resource: plainText(300).optional().describe("Part of the resource's name"),
  since: z.iso.datetime({ offset: true }).optional().describe('Only entries at or after this time, ISO 8601'),
  until: z.iso.datetime({ offset: true }).optional().describe('Only entries before this time, ISO 8601'),
};

export const auditList = defineOperation({
  name: 'audit.list',
  summary: 'Search the audit trail, newest first',
  input: z.strictObject({
    ...filter,
    cursor: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional()
      .describe('`nextCursor` of the page before; left out: the first page'),
    limit: z.coerce.number().int().min(1).max(500).default(50).describe('Most entries of one answer'),
  }),
  output: z.object({ entries: z.array(auditEntrySchema), nextCursor: z.string().nullable() }),
  permission: 'audit:read',
  effect: 'read',
  rest: { method: 'GET', path: '/audit' },
});

export const AUDIT_PROBLEMS = ['changed', 'deleted', 'inserted', 'reordered', 'truncated', 'checkpoint'] as const;

export const auditVerify = defineOperation({
  name: 'audit.verify',
  rate: 'heavy',
  summary: 'Check every entry of the audit trail and name the first that is not as it was written',
  input: z.strictObject({
    anchor: z
      .string()
      .regex(/^\d{1,15}:[0-9a-f]{64}$/)
      .optional()
      .describe('A head noted earlier (`seq:hash`, from a log line or an earlier answer): the trail must still hold it'),
  }),
  output: z.object({
    intact: z.boolean(),
    rows: z.number().int(),
    /** The last entry, as `seq:hash`; keep it elsewhere to detect a cut tail later. Null when the trail is empty. */
    head: z.string().nullable(),
    checkpoints: z.number().int(),
    /** Rows at the start that were sealed with an earlier key, so that only their chain was checked. */
    rowsUnderOtherKeys: z.number().int(),
    /** The last row that retention removed, and when; null when none was. */
    removed: z.object({ through: z.number().int(), at: z.string() }).nullable(),
    /** Ed25519 key that checks the checkpoints, PEM. */
    publicKey: z.string(),
    firstBad: z.object({ seq: z.number().int(), problem: z.enum(AUDIT_PROBLEMS), detail: z.string() }).nullable(),
    durationMs: z.number(),
  }),
  permission: 'audit:read',
  effect: 'read',
  timeoutMs: 300_000,
  rest: { method: 'GET', path: '/audit/verify' },
});

export const auditExport = defineOperation({
  name: 'audit.export',
  rate: 'heavy',
  summary: 'The audit trail, oldest first, as NDJSON, CSV, or CEF in lines of syslog',
  input: z.strictObject({
    ...filter,
    format: z.enum(['ndjson', 'csv', 'cef']).default('ndjson').describe('Form of the export: NDJSON, CSV or CEF'),
  }),
  output: auditEntrySchema,
  permission: 'audit:read',
  effect: 'read',
  audit: true,
  shape: 'stream',
  timeoutMs: 300_000,
  rest: { method: 'GET', path: '/audit/export' },
});

/** What the database refuses to remove before. */
export const MIN_AUDIT_RETENTION_DAYS = 30;

export const auditPrune = defineOperation({
  name: 'audit.prune',
  summary: 'Remove old entries from the beginning of the audit trail, which says so from then on',
  input: z.strictObject({
    olderThanDays: z
      .number()
      .int()
      .min(MIN_AUDIT_RETENTION_DAYS)
      .max(36_500)
      .describe('Age in days from which entries are removed, at least 30'),
  }),
  output: z.object({
    removed: z.number().int(),
    /** The last row that is gone; null when none ever was removed. */
    through: z.number().int().nullable(),
  }),
  permission: 'audit:write',
  effect: 'destructive',
  timeoutMs: 300_000,
  rest: { method: 'POST', path: '/audit/prune' },
});
