export const CHECK_STATUSES = ['ok', 'warn', 'fail', 'skip'] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** What a check found. `fix` says what to do about it; null when there is nothing to do. */
export interface Verdict {
  readonly status: CheckStatus;
  readonly detail: string;
  readonly fix: string | null;
}

/** A verdict with the check it belongs to. Ids are permanent: scripts rely on them. */
export interface CheckResult extends Verdict {
  readonly id: string;
  readonly title: string;
}

export function ok(detail: string): Verdict {
  return { status: 'ok', detail, fix: null };
}

export function skip(detail: string): Verdict {
  return { status: 'skip', detail, fix: null };
}

export function warn(detail: string, fix: string): Verdict {
  return { status: 'warn', detail, fix };
}

export function fail(detail: string, fix: string): Verdict {
  return { status: 'fail', detail, fix };
}
