import { SupastorError } from '@supastor/contract/errors';
import { missedRuleSchema, SCHEDULED_KINDS, type ScheduledKind } from '@supastor/contract/operations/schedules';
import type { Occurrence, ScheduleSettings, ScheduleStore, StoredSchedule } from '@supastor/core/jobs/schedule.port';
import { codeOf, explainLoss, type Query, text, textOrNull } from '../query.ts';
import { JOB_COLUMNS, recordOf, toJob } from './job-store.ts';

type Row = Readonly<Record<string, unknown>>;

const COLUMNS = `id, name, kind, input, cron, time_zone, missed, is_paused, pause_reason, by_email, user_id, last_job_id, last_skip,
  extract(epoch from next_at) * 1000 as next_ms, extract(epoch from last_at) * 1000 as last_ms`;
const UNIQUE_VIOLATION = '23505';
/** Milliseconds since the epoch as a time; those of schedules are whole seconds, so nothing is lost. */
const time = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000)`;

const move = ({ scheduleId, atMs, nextAtMs }: Occurrence) => [scheduleId, atMs, nextAtMs] as const;

/** Schedules in `supastor.schedules`. */
export function createScheduleStore(query: Query): ScheduleStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explain).catch(explainLoss);
  const one = async (sql: string, values: readonly unknown[]) => {
    const { rows } = await ask(sql, values);
    return rows[0] ? toSchedule(rows[0]) : null;
  };
  return {
    async add(schedule) {
      const added = await one(
        `insert into supastor.schedules (id, kind, name, input, cron, time_zone, missed, is_paused, pause_reason, by_email, user_id, next_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ${time('$12')}) returning ${COLUMNS}`,
        [schedule.id, schedule.kind, ...settingsOf(schedule)],
      );
      if (!added) throw new Error('the schedule was not written');
      return added;
    },
    find: (id) => one(`select ${COLUMNS} from supastor.schedules where id = $1`, [id]),
    async list() {
      return (await ask(`select ${COLUMNS} from supastor.schedules order by name`)).rows.map(toSchedule);
    },
    update: (id, settings) =>
      one(
        `update supastor.schedules set name = $2, input = $3, cron = $4, time_zone = $5, missed = $6, is_paused = $7, pause_reason = $8,
           by_email = $9, user_id = $10, next_at = ${time('$11')}
         where id = $1 returning ${COLUMNS}`,
        [id, ...settingsOf(settings)],
      ),
    remove: (id) => one(`delete from supastor.schedules where id = $1 returning ${COLUMNS}`, [id]),
    async due(nowMs) {
      const { rows } = await ask(`select ${COLUMNS} from supastor.schedules where next_at <= ${time('$1')} order by next_at limit 100`, [
        nowMs,
      ]);
      return rows.map(toSchedule);
    },
    async take(occurrence, { id, kind, title, input, by, schedule }) {
      const { rows } = await ask(
        `with taken as (
           update supastor.schedules set next_at = ${time('$3')}, last_at = ${time('$2')}, last_job_id = $4, last_skip = null
           where id = $1 and next_at = ${time('$2')} returning id)
         insert into supastor.jobs (id, kind, title, input, by_email, schedule)
         select $4::uuid, $5, $6, $7::jsonb, $8, $9 from taken returning ${JOB_COLUMNS}`,
        [...move(occurrence), id, kind, title, JSON.stringify(input), by, schedule],
      );
      return rows[0] ? toJob(rows[0]) : null;
    },
    async skip(occurrence, reason) {
      await ask(
        `update supastor.schedules set next_at = ${time('$3')}, last_at = ${time('$2')}, last_skip = $4
         where id = $1 and next_at = ${time('$2')}`,
        [...move(occurrence), reason],
      );
    },
    async pause({ scheduleId, atMs }, reason) {
      await ask(
        `update supastor.schedules set is_paused = true, pause_reason = $3, next_at = null where id = $1 and next_at = ${time('$2')}`,
        [scheduleId, atMs, reason],
      );
    },
  };
}

function settingsOf(settings: ScheduleSettings): readonly unknown[] {
  const { name, input, cron, timeZone, missed, isPaused, pauseReason, by, userId, nextAtMs } = settings;
  return [name, JSON.stringify(input), cron, timeZone, missed, isPaused, pauseReason, by, userId, nextAtMs];
}

function explain(error: unknown): never {
  if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
  throw new SupastorError('SJ_CONFLICT', 'There is a schedule of that name already.', { hint: 'Choose another name.', cause: error });
}

function toSchedule(row: Row): StoredSchedule {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    kind: kindOf(text(row, 'kind')),
    input: recordOf(row['input']) ?? {},
    cron: text(row, 'cron'),
    timeZone: text(row, 'time_zone'),
    missed: missedRuleSchema.parse(row['missed']),
    isPaused: row['is_paused'] === true,
    pauseReason: textOrNull(row, 'pause_reason'),
    by: text(row, 'by_email'),
    userId: text(row, 'user_id'),
    nextAtMs: row['next_ms'] === null ? null : Number(row['next_ms']),
    lastAtMs: row['last_ms'] === null ? null : Number(row['last_ms']),
    lastJobId: textOrNull(row, 'last_job_id'),
    lastSkip: textOrNull(row, 'last_skip'),
  };
}

function kindOf(name: string): ScheduledKind {
  const kind = SCHEDULED_KINDS.find((known) => known === name);
  if (kind) return kind;
  throw new SupastorError('SJ_INTERNAL', `A schedule of kind ${name} is from a newer version.`);
}
