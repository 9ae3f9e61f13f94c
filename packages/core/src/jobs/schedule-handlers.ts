import {
  type Schedule,
  schedulesCreate,
  schedulesList,
  schedulesRemove,
  schedulesRun,
  schedulesUpdate,
} from '@supastor/contract/operations/schedules';
import { requireIdentity } from '../access/identity.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { isoOrNull } from '../operations/iso-time.ts';
import { requireDatabase } from '../operations/require-database.ts';
import { toJob } from './job-handlers.ts';
import type { StoredSchedule } from './schedule.port.ts';
import type { Schedules } from './schedules.ts';

/** Null: the server has no database. */
type Context = OperationContext<{ readonly schedules: Schedules | null }>;

export const scheduleHandlers = {
  'schedules.list': implement(schedulesList, async (_, { deps }: Context) => ({
    schedules: (await requireSchedules(deps).list()).map(toSchedule),
  })),

  'schedules.create': implement(schedulesCreate, async ({ settings, ...wanted }, { deps, identity, recordChange }: Context) => {
    const after = toSchedule(await requireSchedules(deps).create(requireIdentity(identity), { ...wanted, input: settings }));
    recordChange({ after });
    return after;
  }),

  'schedules.update': implement(schedulesUpdate, async ({ id, settings, ...changes }, { deps, identity, recordChange }: Context) => {
    const { before, after } = await requireSchedules(deps).update(requireIdentity(identity), id, { ...changes, input: settings });
    recordChange({ before: toSchedule(before), after: toSchedule(after) });
    return toSchedule(after);
  }),

  'schedules.remove': implement(schedulesRemove, async ({ id }, { deps, recordChange }: Context) => {
    recordChange({ before: toSchedule(await requireSchedules(deps).remove(id)) });
    return {};
  }),

  'schedules.run': implement(schedulesRun, async ({ id }, { deps, identity }: Context) =>
    toJob(await requireSchedules(deps).run(requireIdentity(identity), id)),
  ),
};

function requireSchedules({ schedules }: Context['deps']): Schedules {
  return requireDatabase(schedules, 'cannot keep schedules');
}

function toSchedule({ nextAtMs, lastAtMs, input, ...schedule }: StoredSchedule): Schedule {
  return { ...schedule, settings: input, nextAt: isoOrNull(nextAtMs), lastAt: isoOrNull(lastAtMs) };
}
