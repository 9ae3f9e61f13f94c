import { SupastorError } from '@supastor/contract/errors';
import { jobStateSchema } from '@supastor/contract/operations/jobs';
import type { JobOutcome, JobStore, JsonRecord, StoredJob } from '@supastor/core/jobs/job.port';
import { explainLoss, type Query, text, textOrNull, type Transact } from '../query.ts';

type Row = Readonly<Record<string, unknown>>;

/** What {@link toJob} reads. */
export const JOB_COLUMNS = `id, kind, title, input, state, is_cancelling, done, total, message, checkpoint, result, error_code, error_message, by_email,
  attempts, schedule, extract(epoch from created_at) * 1000 as created_ms, extract(epoch from started_at) * 1000 as started_ms,
  extract(epoch from finished_at) * 1000 as finished_ms`;
/** First key of the lock that beginnings of a limited kind take. */
const KIND_LOCK_CLASS = 7303004;
const TOLD_AGAIN = `interval '10 seconds'`;

/** Jobs in `supastor.jobs`. @param lockClass First key of the advisory lock that each live worker holds on its id. */
export function createJobStore(query: Query, transact: Transact, lockClass: number): JobStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  const one = async (sql: string, values: readonly unknown[]) => {
    const { rows } = await ask(sql, values);
    return rows[0] ? toJob(rows[0]) : null;
  };
  return {
    async add({ id, kind, title, input, by, schedule }) {
      const job = await one(
        `insert into supastor.jobs (id, kind, title, input, by_email, schedule) values ($1, $2, $3, $4, $5, $6) returning ${JOB_COLUMNS}`,
        [id, kind, title, JSON.stringify(input), by, schedule],
      );
      if (!job) throw new Error('the job was not written');
      return job;
    },
    find: (id) => one(`select ${JOB_COLUMNS} from supastor.jobs where id = $1`, [id]),
    async list({ state, kind, limit, cursor }) {
      const [createdAt, id] = readCursor(cursor);
      const { rows } = await ask(
        `select ${JOB_COLUMNS}, created_at::text as position from supastor.jobs
         where ($1::text is null or state = $1) and ($2::text is null or kind = $2)
           and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4::uuid))
         order by created_at desc, id desc limit $5`,
        [state ?? null, kind ?? null, createdAt, id, limit + 1],
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { jobs: page.map(toJob), nextCursor: rows.length > limit && last ? `${text(last, 'position')}|${text(last, 'id')}` : null };
    },
    begin: (id, worker, limits) =>
      transact(async (within) => {
        // Beginnings of a limited kind take turns, so that each sees the ones before it.
        await within('select pg_advisory_xact_lock($2, hashtext(kind)) from supastor.jobs where id = $1 and kind = any ($3)', [
          id,
          KIND_LOCK_CLASS,
          Object.keys(limits),
        ]);
        const { rows } = await within(
          `update supastor.jobs j set state = 'running', worker = $2, attempts = attempts + 1, started_at = coalesce(started_at, now())
           where id = $1 and (state = 'queued' or (state = 'running' and worker <> $2 and pg_try_advisory_xact_lock($3, hashtext(worker))))
             and coalesce((select count(*) from supastor.jobs r where r.kind = j.kind and r.state = 'running' and r.id <> j.id)
               < ($4::jsonb ->> kind)::int, true)
           returning ${JOB_COLUMNS}`,
          [id, worker, lockClass, JSON.stringify(limits)],
        );
        return rows[0] ? toJob(rows[0]) : null;
      }).catch(explainLoss),
    async nextOf(kind) {
      const { rows } = await ask(`select id from supastor.jobs where kind = $1 and state = 'queued' order by created_at, id limit 1`, [
        kind,
      ]);
      return rows[0] ? text(rows[0], 'id') : null;
    },
    async report(id, attempt, { done, total, message, checkpoint }) {
      const { rows } = await ask(
        `update supastor.jobs set done = $3, total = $4, message = $5, checkpoint = $6
         where id = $1 and attempts = $2 and state = 'running' returning is_cancelling`,
        [id, attempt, done, total, message, checkpoint === null ? null : JSON.stringify(checkpoint)],
      );
      if (!rows[0]) return 'lost';
      return rows[0]['is_cancelling'] === true ? 'cancel' : 'go on';
    },
    finish: (id, attempt, outcome) =>
      one(
        `update supastor.jobs set state = $3, result = $4, error_code = $5, error_message = $6, is_cancelling = false, finished_at = now()
         where id = $1 and attempts = $2 and state = 'running' returning ${JOB_COLUMNS}`,
        [id, attempt, outcome.state, ...detailsOf(outcome)],
      ),
    async release(id, attempt) {
      await ask(
        `update supastor.jobs set state = 'queued', worker = null, told_at = now() - ${TOLD_AGAIN}
         where id = $1 and attempts = $2 and state = 'running'`,
        [id, attempt],
      );
    },
    cancel: (id) =>
      one(
        `update supastor.jobs set is_cancelling = state = 'running', finished_at = case when state = 'queued' then now() end,
           state = case when state = 'queued' then 'cancelled' else state end
         where id = $1 and state in ('queued', 'running') returning ${JOB_COLUMNS}`,
        [id],
      ),
    requeue: (id) =>
      one(
        `update supastor.jobs set state = 'queued', worker = null, result = null, error_code = null, error_message = null, finished_at = null,
           attempts = 0, told_at = now()
         where id = $1 and state in ('failed', 'cancelled') returning ${JOB_COLUMNS}`,
        [id],
      ),
    remove: (id) =>
      one(`delete from supastor.jobs where id = $1 and state in ('done', 'failed', 'cancelled') returning ${JOB_COLUMNS}`, [id]),
    async stranded() {
      // A worker whose lock can be had is gone; the lock is given back with the statement.
      const { rows } = await query(
        `with gone as materialized (
           select worker from (select distinct worker from supastor.jobs where state = 'running') w
           where pg_try_advisory_xact_lock($1, hashtext(worker)))
         update supastor.jobs j set told_at = now()
         where (j.state = 'queued' or (j.state = 'running' and j.worker in (select worker from gone))) and j.told_at < now() - ${TOLD_AGAIN}
         returning j.id`,
        [lockClass],
      );
      return rows.map((row) => text(row, 'id'));
    },
    async forget(finishedBeforeMs) {
      await query('delete from supastor.jobs where finished_at < to_timestamp($1::float8 / 1000)', [finishedBeforeMs]);
    },
  };
}

function detailsOf(outcome: JobOutcome): readonly [result: string | null, code: string | null, message: string | null] {
  if (outcome.state === 'done') return [JSON.stringify(outcome.result), null, null];
  return outcome.state === 'failed' ? [null, outcome.error.code, outcome.error.message] : [null, null, null];
}

const CURSOR = /^(\d{4}-[\d :.+-]+)\|([0-9a-f-]{36})$/;

function readCursor(cursor: string | undefined): readonly [createdAt: string | null, id: string | null] {
  if (cursor === undefined) return [null, null];
  const [, createdAt, id] = CURSOR.exec(cursor) ?? [];
  if (createdAt !== undefined && id !== undefined && !Number.isNaN(Date.parse(createdAt))) return [createdAt, id];
  throw new SupastorError('SJ_INPUT_INVALID', 'cursor: is not one that a list of jobs gave', {
    hint: 'Start again without a cursor.',
    meta: { errors: [{ path: 'cursor', message: 'is not one that a list of jobs gave' }] },
  });
}

/** @param row Of {@link JOB_COLUMNS}. */
export function toJob(row: Row): StoredJob {
  const code = textOrNull(row, 'error_code');
  return {
    id: text(row, 'id'),
    kind: text(row, 'kind'),
    title: text(row, 'title'),
    input: recordOf(row['input']) ?? {},
    state: jobStateSchema.parse(row['state']),
    isCancelling: row['is_cancelling'] === true,
    done: Number(row['done']),
    total: row['total'] === null ? null : Number(row['total']),
    message: textOrNull(row, 'message'),
    checkpoint: recordOf(row['checkpoint']),
    result: recordOf(row['result']),
    error: code === null ? null : { code, message: textOrNull(row, 'error_message') ?? '' },
    by: text(row, 'by_email'),
    attempts: Number(row['attempts']),
    schedule: textOrNull(row, 'schedule'),
    createdAtMs: Number(row['created_ms']),
    startedAtMs: row['started_ms'] === null ? null : Number(row['started_ms']),
    finishedAtMs: row['finished_ms'] === null ? null : Number(row['finished_ms']),
  };
}

/** A JSON object as it comes from the driver; null: there is none. */
export function recordOf(value: unknown): JsonRecord | null {
  return typeof value === 'object' && value !== null ? { ...value } : null;
}
