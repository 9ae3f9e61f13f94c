import { z } from 'zod';
import { auditPrune, auditVerify } from './audit.ts';
import { backupsCreate } from './backups.ts';
import { usageGroupSchema, usageGet } from './catalogue.ts';
import { defineOperation } from './define.ts';
import { jobSchema } from './jobs.ts';
import { maintenanceScan, maintenanceScrub } from './maintenance.ts';
import { plainText } from './text.ts';

/** `none`, which nobody holds, for an operation that is open to anyone: such a one cannot be scheduled. */
const standsFor = <I extends z.ZodType>({ permission }: { readonly permission: string | null }, input: I) => ({
  input,
  permission: permission ?? 'none',
});

/** What can be run at set times: the input each takes, and the permission of the operation that it stands for. */
export const SCHEDULABLE = {
  'backups.create': standsFor(backupsCreate, backupsCreate.input),
  'maintenance.scan': standsFor(maintenanceScan, maintenanceScan.input),
  'maintenance.scrub': standsFor(maintenanceScrub, maintenanceScrub.input),
  'audit.verify': standsFor(auditVerify, z.strictObject({})),
  'audit.prune': standsFor(auditPrune, auditPrune.input),
  'usage.get': standsFor(
    usageGet,
    z.strictObject({
      by: usageGroupSchema.default('bucket'),
      limit: z.number().int().min(1).max(1000).default(100).describe('Most entries of one answer'),
    }),
  ),
};

export type ScheduledKind = keyof typeof SCHEDULABLE;
export const SCHEDULED_KINDS = Object.keys(SCHEDULABLE).filter((name): name is ScheduledKind => Object.hasOwn(SCHEDULABLE, name));

/** `skip`: what no server was there for is left out. `once`: however many were missed, it runs once as soon as a server is there. */
export const missedRuleSchema = z
  .enum(['skip', 'once'])
  .describe('What becomes of runs that were missed: skip them, or make up for them once');

const fields = {
  name: plainText(100).min(1).describe('Name of the schedule'),
  settings: z.record(plainText(100), z.unknown()).describe('Settings of the operation, as it takes them'),
  cron: plainText(100).min(9).describe('Minute, hour, day of the month, month, day of the week: `30 2 * * *`'),
  timeZone: plainText(100).min(1).describe('Name of a time zone, such as Europe/Berlin'),
  missed: missedRuleSchema,
};

export const scheduleSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  settings: z.record(z.string(), z.unknown()),
  cron: z.string(),
  timeZone: z.string(),
  missed: missedRuleSchema,
  isPaused: z.boolean(),
  /** Why it was paused, when nobody asked for it. */
  pauseReason: z.string().nullable(),
  /** Who answers for it: it runs while they may run the operation. */
  by: z.string(),
  /** Null while it is paused. */
  nextAt: z.string().nullable(),
  lastAt: z.string().nullable(),
  lastJobId: z.string().nullable(),
  /** Why the last time was left out; null when it was not. */
  lastSkip: z.string().nullable(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

const one = { id: z.uuid().describe('Id of the schedule') };

export const schedulesList = defineOperation({
  name: 'schedules.list',
  summary: 'What runs at set times, by name',
  input: z.strictObject({}),
  output: z.object({ schedules: z.array(scheduleSchema) }),
  permission: 'jobs:read',
  effect: 'read',
  rest: { method: 'GET', path: '/schedules' },
});

export const schedulesCreate = defineOperation({
  name: 'schedules.create',
  summary:
    'Make backups, run a scan, a scrub, a check or removal of the audit trail, or a sum of usage at set times; you must hold its permission too',
  input: z.strictObject({
    ...fields,
    kind: z.enum(SCHEDULED_KINDS).describe('Operation that is run'),
    settings: fields.settings.default({}).describe('Settings of the operation, as it takes them'),
    timeZone: fields.timeZone.default('UTC'),
    missed: fields.missed.default('skip'),
    isPaused: z.boolean().default(false).describe('Whether it rests'),
  }),
  output: scheduleSchema,
  permission: 'jobs:write',
  effect: 'write',
  rest: { method: 'POST', path: '/schedules' },
});

export const schedulesUpdate = defineOperation({
  name: 'schedules.update',
  summary: 'Change, pause or resume a schedule; whoever does more than pause it answers for it from then on',
  input: z.strictObject({ ...z.object(fields).partial().shape, ...one, isPaused: z.boolean().optional().describe('Whether it rests') }),
  output: scheduleSchema,
  permission: 'jobs:write',
  effect: 'write',
  rest: { method: 'PATCH', path: '/schedules/{id}' },
});

export const schedulesRemove = defineOperation({
  name: 'schedules.remove',
  summary: 'Remove a schedule; its jobs stay',
  input: z.strictObject(one),
  output: z.object({}),
  permission: 'jobs:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/schedules/{id}' },
});

export const schedulesRun = defineOperation({
  name: 'schedules.run',
  summary: 'Run what a schedule is about now, paused or not; you must hold its permission too',
  input: z.strictObject(one),
  output: jobSchema,
  permission: 'jobs:write',
  effect: 'write',
  rest: { method: 'POST', path: '/schedules/{id}/run' },
});
