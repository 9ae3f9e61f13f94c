import { SupastorError } from '@supastor/contract/errors';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `0`, `30s`, `10m`, `24h`, `7d`; null for another text. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const unitSeconds = UNIT_SECONDS[unit ?? ''];
  return amount === undefined || unitSeconds === undefined ? null : Number(amount) * unitSeconds;
}

/** ISO 8601 time of a duration from now, or of a date. @throws SJ_USAGE */
export function parseExpiry(text: string, nowMs: number): string {
  const seconds = parseDuration(text);
  const isDate = /^\d{4}-\d\d-\d\d/.test(text);
  const dateMs = isDate ? Date.parse(text) : Number.NaN;
  const date = new Date(seconds === null ? dateMs : nowMs + seconds * 1000);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new SupastorError('SJ_USAGE', `--expires does not understand "${text}"`, { hint: 'use 12h, 90d or a date such as 2027-01-31' });
}
