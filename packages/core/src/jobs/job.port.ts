import type { JobState } from '@supastor/contract/operations/jobs';

/** Plain data, as JSON holds it. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** A job as it is stored. */
export interface StoredJob {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly input: JsonRecord;
  readonly state: JobState;
  readonly isCancelling: boolean;
  readonly done: number;
  readonly total: number | null;
  readonly message: string | null;
  /** Where to go on after an interruption; null: from the start. */
  readonly checkpoint: JsonRecord | null;
  readonly result: JsonRecord | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly by: string;
  readonly attempts: number;
  readonly schedule: string | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

export type NewJob = Pick<StoredJob, 'id' | 'kind' | 'title' | 'input' | 'by' | 'schedule'>;

export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly message: string | null;
  readonly checkpoint: JsonRecord | null;
}

export type JobOutcome =
  | { readonly state: 'done'; readonly result: JsonRecord }
  | { readonly state: 'failed'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly state: 'cancelled' };

export interface JobQuery {
  readonly state: JobState | undefined;
  readonly kind: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/**
 * Jobs and how far they are. Each beginning of a job has a number, its attempt; only the newest attempt may report or finish,
 * so a worker that was taken for dead changes nothing any more.
 */
export interface JobStore {
  add(job: NewJob): Promise<StoredJob>;
  find(id: string): Promise<StoredJob | null>;
  list(query: JobQuery): Promise<{ readonly jobs: readonly StoredJob[]; readonly nextCursor: string | null }>;
  /**
   * Takes a job that waits, or whose worker is gone. Null when there is nothing to do, or as many of its kind run already.
   * @param limits How many of a kind may run on all servers together; kinds left out: any number
   */
  begin(id: string, worker: string, limits: Readonly<Record<string, number>>): Promise<StoredJob | null>;
  /** The job of a kind that has waited longest. */
  nextOf(kind: string): Promise<string | null>;
  /** `lost`: another attempt has begun. */
  report(id: string, attempt: number, progress: Progress): Promise<'go on' | 'cancel' | 'lost'>;
  finish(id: string, attempt: number, outcome: JobOutcome): Promise<StoredJob | null>;
  /** Gives a running job back, to be begun again by whoever is free. */
  release(id: string, attempt: number): Promise<void>;
  /** Ends a waiting job, marks a running one. Null when it is over already. */
  cancel(id: string): Promise<StoredJob | null>;
  /** Makes a failed or cancelled job wait again, with its checkpoint. Null when it is neither. */
  requeue(id: string): Promise<StoredJob | null>;
  /** Removes a job that is over. Null when it is not, or is not there. */
  remove(id: string): Promise<StoredJob | null>;
  /** Jobs that wait although nobody was told lately, or whose worker is gone; marked as told. */
  stranded(): Promise<readonly string[]>;
  /** Removes jobs that were over before that time. */
  forget(finishedBeforeMs: number): Promise<void>;
}

/** Brings ids of jobs to workers, on any server. An id may come twice or, after a crash, not at all: the store decides. */
export interface JobQueue {
  send(id: string): Promise<void>;
  /** Runs up to `concurrency` at a time until stopped. */
  work(handler: (id: string) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}
