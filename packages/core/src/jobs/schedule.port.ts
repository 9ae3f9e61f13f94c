import type { Schedule, ScheduledKind } from '@supastor/contract/operations/schedules';
import type { NewJob, StoredJob, JsonRecord } from './job.port.ts';

/** A schedule as it is stored. */
export interface StoredSchedule extends Pick<Schedule, 'id' | 'name' | 'cron' | 'timeZone' | 'missed' | 'isPaused' | 'pauseReason' | 'by'> {
  readonly kind: ScheduledKind;
  readonly input: JsonRecord;
  /** Id of who answers for it. */
  readonly userId: string;
  /** Null while it is paused. */
  readonly nextAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly lastJobId: string | null;
  readonly lastSkip: string | null;
}

export type ScheduleSettings = Omit<StoredSchedule, 'id' | 'kind' | 'lastAtMs' | 'lastJobId' | 'lastSkip'>;

/** One time of a schedule, and the time after it. */
export interface Occurrence {
  readonly scheduleId: string;
  readonly atMs: number;
  readonly nextAtMs: number | null;
}

/** Schedules, shared by all servers. Each time is taken by one of them: whoever moves `nextAtMs` on. */
export interface ScheduleStore {
  /** @throws SJ_CONFLICT when there is one of that name */
  add(schedule: StoredSchedule): Promise<StoredSchedule>;
  find(id: string): Promise<StoredSchedule | null>;
  list(): Promise<readonly StoredSchedule[]>;
  /** @throws SJ_CONFLICT as for add. Null when there is none. */
  update(id: string, settings: ScheduleSettings): Promise<StoredSchedule | null>;
  remove(id: string): Promise<StoredSchedule | null>;
  /** Those whose time has come. */
  due(nowMs: number): Promise<readonly StoredSchedule[]>;
  /** Takes a time and stores its job, both or neither; null when another server took it or the schedule was changed. */
  take(occurrence: Occurrence, job: NewJob): Promise<StoredJob | null>;
  /** Takes a time and leaves it out. */
  skip(occurrence: Occurrence, reason: string): Promise<void>;
  /** Stops a schedule whose time has come. */
  pause(occurrence: Pick<Occurrence, 'scheduleId' | 'atMs'>, reason: string): Promise<void>;
}

/** Reads cron expressions of five fields. */
export interface CronReader {
  /** @returns the first time after `afterMs`; null when there is none. @throws SJ_INPUT_INVALID that names the field */
  next(cron: string, timeZone: string, afterMs: number): number | null;
}
