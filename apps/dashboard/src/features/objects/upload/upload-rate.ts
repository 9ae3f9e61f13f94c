/** What had been sent by a moment. */
export interface RateSample {
  readonly atMs: number;
  readonly sentBytes: number;
}

const WINDOW_MS = 10_000;
const LEAST_MS = 1000;

/** The samples with one more, those too old to matter dropped. */
export function addSample(samples: readonly RateSample[], next: RateSample): RateSample[] {
  return [...samples.filter(({ atMs }) => next.atMs - atMs <= WINDOW_MS), next];
}

/** Bytes per second over the samples; null while there is too little to tell. */
export function rateOf(samples: readonly RateSample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs - first.atMs < LEAST_MS) return null;
  return ((last.sentBytes - first.sentBytes) / (last.atMs - first.atMs)) * 1000;
}

/** Seconds until the rest is sent; null when it cannot be told. */
export function secondsLeft(restBytes: number, bytesPerSecond: number | null): number | null {
  return bytesPerSecond === null || bytesPerSecond <= 0 ? null : Math.ceil(restBytes / bytesPerSecond);
}
