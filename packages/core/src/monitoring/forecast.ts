import type { DiskForecast } from '@supastor/contract/wire/metrics';

/** What was used at one moment. */
export interface UsedAt {
  readonly atMs: number;
  readonly bytes: number;
}

const DAY_MS = 86_400_000;
const MIN_SPAN_MS = DAY_MS;
const MIN_SAMPLES = 24;
/** Two-sided, 95 of 100; for the few degrees of freedom that slow samples leave, this is already cautious. */
const SPREAD = 2.2;
const BLOCK_MS = DAY_MS / 4;
const [MIN_BLOCKS, MAX_BLOCKS] = [8, 28];
/** A disk that lasts longer than this is not worth a date. */
const MAX_YEARS = 20;

interface Fit {
  readonly perMs: number;
  readonly errorPerMs: number;
  readonly explained: number;
}

/**
 * When a disk is full, from a straight line through what was used. Neighbouring samples say nearly the same, so the error of the slope
 * is computed for the number of independent samples they are worth (autocorrelation of the residuals), and it is no smaller than what
 * growth from one quarter of a day to the next varies by. The answer is a range, or that there is none.
 */
export function forecastDisk(samples: readonly UsedAt[], freeBytes: number | null, nowMs: number): DiskForecast {
  if (freeBytes === null) return answer('noDisk', 'Bytes are kept in a bucket of another service, which has no disk to watch here.');
  const [first, last] = [samples[0], samples.at(-1)];
  const spanMs = first && last ? last.atMs - first.atMs : 0;
  if (samples.length < MIN_SAMPLES || spanMs < MIN_SPAN_MS) {
    const hours = (spanMs / 3_600_000).toFixed(1);
    return answer('notEnoughData', `A forecast needs samples of at least one day; there are ${samples.length} over ${hours} hours.`);
  }
  const { perMs, errorPerMs, explained } = fitLine(samples);
  const bytesPerDay = perMs * DAY_MS;
  const method = `Straight line through ${samples.length} samples of ${(spanMs / DAY_MS).toFixed(1)} days (r² ${explained.toFixed(2)})`;
  const [low, high] = [perMs - SPREAD * errorPerMs, perMs + SPREAD * errorPerMs];
  if (low <= 0) return { ...answer('steady', `${method}: growth cannot be told from chance, so no date is given.`), bytesPerDay };
  const fullAt = dateAfter(freeBytes / perMs, nowMs);
  if (fullAt === null) return { ...answer('steady', `${method}: at this pace the disk lasts more than ${MAX_YEARS} years.`), bytesPerDay };
  const [earliestAt, latestAt] = [dateAfter(freeBytes / high, nowMs), dateAfter(freeBytes / low, nowMs)];
  const statement = `${method}. If it goes on like that, the disk is full within this range in 95 of 100 cases; a change of habits is not in it.`;
  return { state: 'growing', statement, bytesPerDay, fullAt, earliestAt, latestAt };
}

/** Bytes a day; null when there are too few samples to say. */
export function growthPerDay(samples: readonly UsedAt[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < MIN_SAMPLES || last.atMs - first.atMs < MIN_SPAN_MS) return null;
  return fitLine(samples).perMs * DAY_MS;
}

function fitLine(samples: readonly UsedAt[]): Fit {
  const n = samples.length;
  const meanX = samples.reduce((sum, { atMs }) => sum + atMs, 0) / n;
  const meanY = samples.reduce((sum, { bytes }) => sum + bytes, 0) / n;
  const [sxx, sxy, syy] = samples.reduce(
    ([xx, xy, yy], { atMs, bytes }) => {
      const [x, y] = [atMs - meanX, bytes - meanY];
      return [xx + x * x, xy + x * y, yy + y * y];
    },
    [0, 0, 0],
  );
  const perMs = sxx === 0 ? 0 : sxy / sxx;
  const residuals = samples.map(({ atMs, bytes }) => bytes - meanY - perMs * (atMs - meanX));
  const squares = residuals.reduce((sum, value) => sum + value * value, 0);
  const independent = Math.max(3, n * worth(residuals, squares));
  const variance = squares / n / Math.max(1, independent - 2);
  const errorPerMs = Math.max(Math.sqrt((variance * n) / sxx), errorOfSteps(samples));
  return { perMs, errorPerMs, explained: syy === 0 ? 1 : 1 - squares / syy };
}

/** How much the growth from block to block varies: a few large uploads fit a line well, and say little about what comes. */
function errorOfSteps(samples: readonly UsedAt[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  const spanMs = first && last ? last.atMs - first.atMs : 0;
  if (!first || spanMs === 0) return 0;
  const blockMs = spanMs / Math.min(MAX_BLOCKS, Math.max(MIN_BLOCKS, Math.round(spanMs / BLOCK_MS)));
  const blocks = Map.groupBy(samples, ({ atMs }) => Math.floor((atMs - first.atMs) / blockMs));
  const means = [...blocks.values()].map((block) => block.reduce((sum, { bytes }) => sum + bytes, 0) / block.length);
  const steps = means.slice(1).map((mean, at) => mean - (means[at] ?? mean));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const variance = steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / Math.max(1, steps.length - 1);
  return Math.sqrt(variance / steps.length) / blockMs;
}

/** How much of an independent sample one sample is worth, 0 to 1, from the correlation of neighbours. */
function worth(residuals: readonly number[], squares: number): number {
  if (squares === 0) return 1;
  const products = residuals.reduce((sum, value, at) => sum + value * (residuals[at + 1] ?? 0), 0);
  const correlation = Math.min(0.999, Math.max(0, products / squares));
  return (1 - correlation) / (1 + correlation);
}

function dateAfter(ms: number, nowMs: number): string | null {
  return ms >= 0 && ms < MAX_YEARS * 365 * DAY_MS ? new Date(nowMs + ms).toISOString() : null;
}

function answer(state: DiskForecast['state'], statement: string): DiskForecast {
  return { state, statement, bytesPerDay: null, fullAt: null, earliestAt: null, latestAt: null };
}
