import { z } from 'zod';

/**
 * Advisory lock that whoever makes a backup holds for as long as it takes: while anybody holds it, no server removes bytes that were
 * referred to before. It ends with the connection that took it, so a backup that is killed keeps nothing.
 */
export const BACKUP_PIN = { space: 0x53_4a_62_6b, key: 1 } as const;

/** A condition in SQL, for a statement without parameters of its own for it: nobody makes a backup of this database. */
export const NO_BACKUP_RUNS = `not exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
  and classid = ${BACKUP_PIN.space} and objid = ${BACKUP_PIN.key}
  and database = (select oid from pg_database where datname = current_database()))`;

export const BACKUP_FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const time = z.iso.datetime();
const position = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/);

/** Names a backup, in the order of time: `20261126T153000Z-1a2b3c4d`. */
export const backupIdSchema = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/, 'is no id of a backup, such as 20261126T153000Z-1a2b3c4d')
  .describe('Id of the backup');

/** What a backup says of itself; written last, so a backup without it is unfinished. */
export const backupManifestSchema = z.strictObject({
  format: z.literal(BACKUP_FORMAT),
  id: backupIdSchema,
  project: z.string(),
  environment: z.string(),
  /** Version of Supastorj that made it. */
  version: z.string(),
  database: z.strictObject({
    name: z.string(),
    /** Version of the server, such as 17.10. */
    serverVersion: z.string(),
    /** Tells one cluster from every other; a restored one keeps it. */
    systemIdentifier: z.string().regex(/^\d{1,20}$/),
    timeline: z.number().int().min(1),
    startPosition: position,
    stopPosition: position,
  }),
  startedAt: time,
  /** The moment it brings back: when the copy of the rows was complete. */
  cutAt: time,
  finishedAt: time,
  blobs: z.strictObject({
    count,
    bytes: count,
    /** Copied by this backup; the others were there from earlier ones. */
    added: count,
    addedBytes: count,
    /** Referred to by rows, but missing or damaged in the store when it was made. */
    unavailable: count,
  }),
  /** Every other file of the backup. */
  files: z.array(z.strictObject({ name: z.enum(['base.tar.zst', 'backup_manifest', 'blobs.tsv']), bytes: count, sha256 })).length(3),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;

/** A line of the list of backups. */
export const backupSummarySchema = z.object({
  id: backupIdSchema,
  /** `unfinished`: it is being made, or what made it ended before its time; the next one removes it. */
  state: z.enum(['complete', 'unfinished', 'damaged']),
  /** What is wrong with a damaged one. */
  problem: z.string().nullable(),
  /** The moment it brings back; null unless it is complete, like what follows. */
  cutAt: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  objects: z.number().nullable(),
  /** Of rows and bytes together, whether or not other backups share them. */
  bytes: z.number().nullable(),
  /** What this backup added to the disk. */
  addedBytes: z.number().nullable(),
  /** Versions whose bytes the store had lost before. */
  unavailable: z.number().nullable(),
});
export type BackupSummary = z.infer<typeof backupSummarySchema>;

const kept = z.number().int().min(0).max(10_000).optional();

/** Which backups stay: those that any of these names. */
export const retentionSchema = z.strictObject({
  last: kept.describe('How many of the last ones are kept'),
  daily: kept.describe('Days of UTC, of those that have one, whose last one is kept'),
  weekly: kept.describe('Weeks from Monday, of those that have one, whose last one is kept'),
});
export type Retention = z.infer<typeof retentionSchema>;
