const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Steps at which people read the time. */
const TIME_STEPS_MS = [
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
] as const;

/** Round times of the reader's own clock within a period: at most `most` of them. */
export function timeTicks(fromMs: number, toMs: number, most: number): readonly number[] {
  const span = toMs - fromMs;
  if (!(span > 0)) return [];
  const step = TIME_STEPS_MS.find((each) => span / each <= most);
  if (step !== undefined)
    return within(fromMs, toMs, (at) => at + step, startOfDay(fromMs) + step * Math.floor((fromMs - startOfDay(fromMs)) / step));
  const days = Math.ceil(span / DAY_MS / most);
  return within(fromMs, toMs, (at) => addDays(at, days), startOfDay(fromMs));
}

/** Round values from zero to above `highest`, in steps of 1, 2 or 5 times a power of ten, which are the lines of the chart. */
export function valueTicks(highest: number, { whole = false, about = 4 } = {}): readonly number[] {
  const target = highest > 0 ? highest / about : 1 / about;
  const power = 10 ** Math.floor(Math.log10(target));
  const factor = [1, 2, 5].find((each) => each * power >= target) ?? 10;
  const step = whole ? Math.max(1, Math.round(factor * power)) : factor * power;
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  // Products, not sums: sums of 0.1 drift.
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

function within(fromMs: number, toMs: number, next: (at: number) => number, first: number): readonly number[] {
  const ticks: number[] = [];
  for (let at = first; at <= toMs; at = next(at)) if (at >= fromMs) ticks.push(at);
  return ticks;
}

function startOfDay(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}

/** By the calendar: a day on which the clocks change is not 24 hours long. */
function addDays(atMs: number, days: number): number {
  const date = new Date(atMs);
  return date.setDate(date.getDate() + days);
}
