import { z } from 'zod';

/**
 * `scan` compares rows with bytes in both directions, `scrub` reads all bytes again and compares them with their checksums, `import`
 * copies what Supabase Storage has stored of a taken-over database into our own layout.
 */
export const MAINTENANCE_KINDS = ['scan', 'scrub', 'import'] as const;
export type MaintenanceKind = (typeof MAINTENANCE_KINDS)[number];

const THIRTY_DAYS_SECONDS = 2_592_000;

export const scanOptionsSchema = z.strictObject({
  graceSeconds: z
    .number()
    .int()
    .min(0)
    .max(THIRTY_DAYS_SECONDS)
    .optional()
    .describe('Only bytes older than this many seconds are taken for strays. Left out: as the server is configured'),
  removeDangling: z
    .boolean()
    .default(false)
    .describe('Move rows whose bytes are missing to the quarantine too; they are only recorded otherwise'),
  force: z.boolean().default(false).describe('Remove them even when not a single row has its bytes, which looks like the wrong directory'),
});
export type ScanOptions = z.output<typeof scanOptionsSchema>;

export const scrubOptionsSchema = z.strictObject({
  onlyDamaged: z
    .boolean()
    .default(false)
    .describe('Look again only at what is known to be damaged, such as after bytes were brought back from a backup'),
  bytesPerSecond: z.number().int().min(1000).optional().describe('Bytes read per second. Left out: as the server is configured'),
});
export type ScrubOptions = z.output<typeof scrubOptionsSchema>;

export const importOptionsSchema = z.strictObject({
  removeSource: z
    .boolean()
    .default(false)
    .describe('Remove the bytes from the store of Supabase Storage that are imported, by this run or an earlier one. It must be writable'),
  bytesPerSecond: z.number().int().min(1000).optional().describe('Bytes read per second. Left out: as the server is configured'),
});
export type ImportOptions = z.output<typeof importOptionsSchema>;

/** `size`, `digest`: the bytes are not those of the row. `unsafe`: their name leads out of the store. */
export const IMPORT_FAILURES = ['missing', 'size', 'digest', 'unsafe', 'unreadable'] as const;
export type ImportFailure = (typeof IMPORT_FAILURES)[number];

/** What a taken-over database has in the store of Supabase Storage. */
export const adoptedBytesSchema = z.object({
  /** Where that store is; null when none is configured. */
  source: z.string().nullable(),
  isReachable: z.boolean(),
  isWritable: z.boolean(),
  /** Versions that are not yet in our layout. */
  waiting: z.number(),
  /** Versions that are in our layout, and whose bytes are left in the other one. */
  imported: z.number(),
  /** Of those that wait, what the last import could not copy. */
  failed: z.number(),
  failures: z.array(z.object({ version: z.string(), path: z.string(), reason: z.enum(IMPORT_FAILURES) })),
});
export type AdoptedBytes = z.infer<typeof adoptedBytesSchema>;

export const MAINTENANCE_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;

/** One run of a scan, a scrub or an import. Times are ISO 8601. */
export const maintenanceRunSchema = z.object({
  id: z.uuid(),
  kind: z.enum(MAINTENANCE_KINDS),
  state: z.enum(MAINTENANCE_STATES),
  options: z.record(z.string(), z.unknown()),
  /** What was looked at and what was found so far, by name. */
  counts: z.record(z.string(), z.number()),
  requestedBy: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
});
export type MaintenanceRun = z.infer<typeof maintenanceRunSchema>;

/** A version whose bytes are missing or not what was stored. */
export const damagedVersionSchema = z.object({
  version: z.string(),
  bucket: z.string().nullable(),
  key: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  reason: z.enum(['missing', 'truncated', 'altered', 'unreadable']),
  foundBy: z.enum(['read', 'scrub', 'scan']),
  foundAt: z.string(),
});
export type DamagedVersion = z.infer<typeof damagedVersionSchema>;

/** Something a scan moved out of the way. `place` says where it was: `versions`, `files` or the table of a row. */
export const quarantineEntrySchema = z.object({
  id: z.uuid(),
  runId: z.uuid(),
  place: z.string(),
  name: z.string(),
  sizeBytes: z.number().nullable(),
  quarantinedAt: z.string(),
  /** When it is removed for good. */
  expiresAt: z.string(),
});
export type QuarantineEntry = z.infer<typeof quarantineEntrySchema>;

const pageSize = z.coerce.number().int().min(1).max(1000).default(100).describe('Most entries of one answer');
export const maintenancePageSchema = z.strictObject({ limit: pageSize });
export const quarantineQuerySchema = z.strictObject({
  runId: z.uuid().optional().describe('Only what this run put there'),
  limit: pageSize,
});
export const quarantineRestoreSchema = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(1000).describe('Ids of the entries in the quarantine'),
});
/** What was brought back, and why the rest was not. */
export const quarantineRestoredSchema = z.object({
  restored: z.array(z.uuid()),
  refused: z.array(z.object({ id: z.uuid(), reason: z.string() })),
});
export type QuarantineRestored = z.infer<typeof quarantineRestoredSchema>;
