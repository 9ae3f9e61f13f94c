const FIRST_MS = 1000;
const MAX_MS = 15_000;

/** How long to wait after that many breaks in a row: a second, twice as long each time, at most a quarter of a minute. */
export function retryDelayMs(breaks: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(breaks - 1, 10));
}
