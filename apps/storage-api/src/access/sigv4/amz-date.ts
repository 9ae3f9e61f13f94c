/** Largest difference between a client's clock and ours. */
export const MAX_SKEW_SECONDS = 15 * 60;

/** Milliseconds since the epoch of `YYYYMMDDTHHMMSSZ`; null when it is no such moment. */
export function parseAmzDate(text: string): number | null {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  return !Number.isNaN(time) && new Date(time).toISOString() === iso ? time : null;
}

/** The same moment in the form that is signed. */
export function formatAmzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}
