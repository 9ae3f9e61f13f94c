import type { JsonRecord } from './job.port.ts';

export interface JobContext {
  /** Aborted on cancel, on a lost attempt and when the server stops. */
  readonly signal: AbortSignal;
  /** Where the last attempt was; null at the beginning. */
  readonly checkpoint: JsonRecord | null;
  /** Notes progress; call it after every unit or batch, it is written at most twice a second. Throws when the job is to end. */
  readonly report: (progress: JobProgress) => Promise<void>;
  /** Somebody asked for the end; not a server that stops or lost the job. */
  readonly isCancelled: () => boolean;
}

export interface JobProgress {
  readonly done: number;
  readonly total?: number | null;
  readonly message?: string;
  readonly checkpoint?: JsonRecord;
}

/** Work of one kind. It may be begun again after a crash, with the last checkpoint, so doing a part twice must be harmless. */
export interface JobKind<Deps> {
  /** Permanent name, `noun.verb`. */
  readonly name: string;
  /** Jobs of this kind that run at the same time, on all servers together; left out: any number. */
  readonly maxRunning?: number;
  /** @returns What it did, for people. */
  run(input: JsonRecord, deps: Deps, context: JobContext): Promise<JsonRecord>;
}
