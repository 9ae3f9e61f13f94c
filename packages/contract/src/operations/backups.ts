import { z } from 'zod';
import { backupIdSchema, backupManifestSchema, backupSummarySchema, retentionSchema } from '../wire/backup.ts';
import { defineOperation } from './define.ts';
import { jobSchema } from './jobs.ts';

const one = z.strictObject({ id: backupIdSchema });
/** Lists of all backups are read and compared. */
const REMOVAL_TIMEOUT_MS = 600_000;

export const backupsList = defineOperation({
  name: 'backups.list',
  summary: 'Backups, newest first, and where they are kept',
  input: z.strictObject({}),
  output: z.object({
    /** Null: none is configured. */
    destination: z.string().nullable(),
    backups: z.array(backupSummarySchema),
  }),
  permission: 'backups:read',
  effect: 'read',
  rest: { method: 'GET', path: '/backups' },
});

export const backupsGet = defineOperation({
  name: 'backups.get',
  summary: 'What one backup says of itself',
  input: one,
  output: backupManifestSchema,
  permission: 'backups:read',
  effect: 'read',
  rest: { method: 'GET', path: '/backups/{id}' },
});

export const backupsCreate = defineOperation({
  name: 'backups.create',
  summary: 'Back up rows and bytes as one restore point; only bytes that no backup has yet are copied',
  input: z.strictObject({}),
  output: jobSchema,
  permission: 'backups:write',
  effect: 'write',
  rest: { method: 'POST', path: '/backups' },
});

export const backupsVerify = defineOperation({
  name: 'backups.verify',
  summary: 'Read a backup again, every byte of it, and compare it with its checksums',
  input: one,
  output: jobSchema,
  permission: 'backups:write',
  effect: 'write',
  rest: { method: 'POST', path: '/backups/{id}/verify' },
});

export const backupsRemove = defineOperation({
  name: 'backups.remove',
  summary: 'Remove a backup, and the bytes that no other backup needs',
  input: one,
  output: z.object({ removed: z.array(z.string()), blobs: z.number().int() }),
  permission: 'backups:write',
  effect: 'destructive',
  timeoutMs: REMOVAL_TIMEOUT_MS,
  rest: { method: 'DELETE', path: '/backups/{id}' },
});

export const backupsPrune = defineOperation({
  name: 'backups.prune',
  summary: 'Remove backups but the last ones, the last of each day and the last of each week; without numbers, as configured',
  input: retentionSchema.extend({
    dryRun: z.boolean().default(false).describe('Only say which would go'),
  }),
  output: z.object({ removed: z.array(z.string()), kept: z.array(z.string()), blobs: z.number().int() }),
  permission: 'backups:write',
  effect: 'destructive',
  timeoutMs: REMOVAL_TIMEOUT_MS,
  rest: { method: 'POST', path: '/backups/prune' },
});
