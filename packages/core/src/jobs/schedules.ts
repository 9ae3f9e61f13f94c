import { SupastorError } from '@supastor/contract/errors';
import { SCHEDULABLE, type ScheduledKind } from '@supastor/contract/operations/schedules';
import { authoriseByGrants } from '../access/authorise.ts';
import { callingUser, type Identity } from '../access/identity.ts';
import { invalidInput } from '../operations/implement.ts';
import type { Clock, IdSource } from '../operations/ports.ts';
import type { JobService } from './job-service.ts';
import type { JsonRecord, StoredJob } from './job.port.ts';
import { titleOf } from './scheduled-jobs.ts';
import type { CronReader, ScheduleSettings, ScheduleStore, StoredSchedule } from './schedule.port.ts';

type Wanted = Pick<StoredSchedule, 'name' | 'kind' | 'input' | 'cron' | 'timeZone' | 'missed' | 'isPaused'>;
type Changes = { readonly [K in keyof Omit<Wanted, 'kind'>]?: Wanted[K] | undefined };

/** What runs at set times, as people manage it. Every method but `list` asks that the maker may run the operation itself. */
export interface Schedules {
  list(): Promise<readonly StoredSchedule[]>;
  /** @throws SJ_INPUT_INVALID, SJ_FORBIDDEN, SJ_CONFLICT */
  create(maker: Identity, wanted: Wanted): Promise<StoredSchedule>;
  /** To pause it, nothing is asked for. @throws SJ_NOT_FOUND and as for create */
  update(maker: Identity, id: string, changes: Changes): Promise<{ readonly before: StoredSchedule; readonly after: StoredSchedule }>;
  /** @throws SJ_NOT_FOUND */
  remove(id: string): Promise<StoredSchedule>;
  /** @throws SJ_NOT_FOUND, SJ_FORBIDDEN */
  run(maker: Identity, id: string): Promise<StoredJob>;
}

export interface SchedulesOptions {
  readonly store: ScheduleStore;
  readonly cron: CronReader;
  readonly jobs: Pick<JobService, 'start'>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export function createSchedules({ store, cron, jobs, clock, ids }: SchedulesOptions): Schedules {
  async function required(id: string): Promise<StoredSchedule> {
    const schedule = await store.find(id);
    if (schedule) return schedule;
    throw new SupastorError('SJ_NOT_FOUND', `There is no schedule ${id}.`, { hint: 'List the schedules.' });
  }

  /** Everything that follows from what was asked for; throws when a part of it cannot be. */
  function settle(maker: Identity, { kind, input, ...wanted }: Wanted): ScheduleSettings {
    const nextAtMs = cron.next(wanted.cron, wanted.timeZone, clock.now());
    if (nextAtMs === null) throw invalidInput([{ path: ['cron'], message: 'never comes true' }]);
    authoriseByGrants(maker, SCHEDULABLE[kind].permission, [{}]);
    return {
      ...wanted,
      input: parseScheduledInput(kind, input),
      nextAtMs: wanted.isPaused ? null : nextAtMs,
      pauseReason: null,
      by: maker.email,
      userId: answersFor(maker),
    };
  }

  return {
    list: () => store.list(),
    create: async (maker, wanted) =>
      store.add({ id: ids.next(), kind: wanted.kind, ...settle(maker, wanted), lastAtMs: null, lastJobId: null, lastSkip: null }),
    async update(maker, id, changes) {
      const before = await required(id);
      const { isPaused, ...others } = changes;
      const isOnlyPaused = isPaused === true && Object.values(others).every((value) => value === undefined);
      const settings = isOnlyPaused
        ? { ...before, isPaused, pauseReason: null, nextAtMs: null }
        : settle(maker, {
            kind: before.kind,
            name: changes.name ?? before.name,
            input: changes.input ?? before.input,
            cron: changes.cron ?? before.cron,
            timeZone: changes.timeZone ?? before.timeZone,
            missed: changes.missed ?? before.missed,
            isPaused: isPaused ?? before.isPaused,
          });
      const after = await store.update(id, settings);
      return { before, after: after ?? (await required(id)) };
    },
    async remove(id) {
      return (await store.remove(id)) ?? required(id);
    },
    async run(maker, id) {
      const { kind, input, name } = await required(id);
      authoriseByGrants(maker, SCHEDULABLE[kind].permission, [{}]);
      return jobs.start({ kind, title: titleOf(kind), input, by: maker.email, schedule: name });
    },
  };
}

/** @throws SJ_INPUT_INVALID that names fields as parts of `settings` */
function parseScheduledInput(kind: ScheduledKind, input: JsonRecord): JsonRecord {
  const parsed = SCHEDULABLE[kind].input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues.map(({ path, message }) => ({ path: ['settings', ...path], message })));
}

/** A key may be revoked or expire without anybody looking: only people answer for what runs later. */
function answersFor(maker: Identity): string {
  const userId = callingUser(maker);
  if (userId !== null) return userId;
  throw new SupastorError('SJ_FORBIDDEN', 'A schedule needs a person who answers for it, and an API key is none.', {
    hint: 'Sign in and make it as yourself; with a key it can be paused, run and removed.',
  });
}
