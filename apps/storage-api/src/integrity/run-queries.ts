import type { MaintenanceKind, MaintenanceRun } from '@supastor/contract/wire/maintenance';
import { type Step, step } from '../metadata/step.ts';

export interface RunRow {
  readonly id: string;
  readonly kind: MaintenanceKind;
  readonly state: MaintenanceRun['state'];
  readonly options: Readonly<Record<string, unknown>>;
  readonly position: unknown;
  readonly counts: Readonly<Record<string, number>>;
  readonly requested_by: string;
  readonly error: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** A runner that was not heard from for this long is gone, and another server takes its run over. */
const LOST_AFTER_SECONDS = 60;
const KEPT_DAYS = 90;
const COLUMNS = 'id, kind, state, options, position, counts, requested_by, error, created_at, started_at, finished_at';

const SQL = {
  request: {
    name: 'maintenance_request',
    text: `insert into storage.maintenance_runs (kind, options, requested_by) values ($1, $2, $3)
      on conflict (kind) where state in ('waiting', 'running') do nothing returning ${COLUMNS}`,
  },
  schedule: {
    name: 'maintenance_schedule',
    text: `insert into storage.maintenance_runs (kind, options, requested_by)
      select $1, $2, 'schedule' where not exists (
        select from storage.maintenance_runs where kind = $1 and created_at > now() - make_interval(secs => $3))
      on conflict (kind) where state in ('waiting', 'running') do nothing`,
  },
  claim: {
    name: 'maintenance_claim',
    text: `update storage.maintenance_runs set state = 'running', runner = $1, seen_at = now(), started_at = coalesce(started_at, now())
      where id = (
        select id from storage.maintenance_runs
        where state = 'waiting' or (state = 'running' and seen_at < now() - interval '${LOST_AFTER_SECONDS} seconds')
        order by created_at limit 1 for update skip locked)
      returning ${COLUMNS}`,
  },
  save: {
    name: 'maintenance_save',
    text: `update storage.maintenance_runs set position = $3, counts = $4, seen_at = now()
      where id = $1 and runner = $2 and state = 'running'`,
  },
  finish: {
    name: 'maintenance_finish',
    text: `update storage.maintenance_runs set state = $3, counts = $4, error = $5, finished_at = now()
      where id = $1 and runner = $2 and state = 'running'`,
  },
  release: {
    name: 'maintenance_release',
    text: `update storage.maintenance_runs set state = 'waiting' where id = $1 and runner = $2 and state = 'running'`,
  },
  cancel: {
    name: 'maintenance_cancel',
    text: `update storage.maintenance_runs set state = 'cancelled', finished_at = now()
      where id = $1 and state in ('waiting', 'running')`,
  },
  find: { name: 'maintenance_find', text: `select ${COLUMNS} from storage.maintenance_runs where id = $1` },
  list: { name: 'maintenance_list', text: `select ${COLUMNS} from storage.maintenance_runs order by created_at desc limit $1` },
  open: {
    name: 'maintenance_open',
    text: `select ${COLUMNS} from storage.maintenance_runs where kind = $1 and state in ('waiting', 'running')`,
  },
  expire: {
    name: 'maintenance_expire',
    text: `delete from storage.maintenance_runs where finished_at < now() - interval '${KEPT_DAYS} days'`,
  },
} as const;

/** Makes a run; no row comes back while another one of its kind is open. */
export function requestRun(kind: MaintenanceKind, options: Readonly<Record<string, unknown>>, requestedBy: string): Step<RunRow> {
  return step(SQL.request, [kind, JSON.stringify(options), requestedBy]);
}

/** Makes a run when there was none of its kind for `periodSeconds`. */
export function scheduleRun(kind: MaintenanceKind, options: Readonly<Record<string, unknown>>, periodSeconds: number): Step<never> {
  return step(SQL.schedule, [kind, JSON.stringify(options), periodSeconds]);
}

/** The oldest run that waits, or whose runner is gone, is the runner's from now on. */
export function claimRun(runner: string): Step<RunRow> {
  return step(SQL.claim, [runner]);
}

export interface RunHold {
  readonly id: string;
  readonly runner: string;
}

/** Notes how far a run has come; no row is touched when it was cancelled or taken over. */
export function saveRun({ id, runner }: RunHold, position: unknown, counts: Readonly<Record<string, number>>): Step<never> {
  return step(SQL.save, [id, runner, JSON.stringify(position), JSON.stringify(counts)]);
}

export interface RunEnd {
  readonly state: 'done' | 'failed';
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
}

export function finishRun({ id, runner }: RunHold, { state, counts, error }: RunEnd): Step<never> {
  return step(SQL.finish, [id, runner, state, JSON.stringify(counts), error]);
}

/** Gives a run back, for any server to go on with. */
export function releaseRun({ id, runner }: RunHold): Step<never> {
  return step(SQL.release, [id, runner]);
}

export function cancelRun(id: string): Step<never> {
  return step(SQL.cancel, [id]);
}

export function findRun(id: string): Step<RunRow> {
  return step(SQL.find, [id]);
}

export function findOpenRun(kind: MaintenanceKind): Step<RunRow> {
  return step(SQL.open, [kind]);
}

/** Newest first. */
export function listRuns(limit: number): Step<RunRow> {
  return step(SQL.list, [limit]);
}

export function expireRuns(): Step<never> {
  return step(SQL.expire);
}

/** A run as it is told to others. */
export function presentRun(row: RunRow): MaintenanceRun {
  const { id, kind, state, options, counts, error } = row;
  return {
    id,
    kind,
    state,
    options,
    counts,
    requestedBy: row.requested_by,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    error,
  };
}
