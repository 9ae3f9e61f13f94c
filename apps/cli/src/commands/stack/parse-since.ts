import { SupastorError } from '@supastor/contract/errors';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ISO 8601 time for `30s`, `10m`, `2h`, `1d` (ago) or any date. @throws SJ_USAGE */
export function parseSince(text: string, nowMs: number): string {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  const isDate = /^\d{4}-\d\d-\d\d/.test(text);
  const dateMs = isDate ? Date.parse(text) : Number.NaN;
  const atMs = amount !== undefined && unitMs !== undefined ? nowMs - Number(amount) * unitMs : dateMs;
  const date = new Date(atMs);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new SupastorError('SJ_USAGE', `--since does not understand "${text}"`, {
    hint: 'use 30s, 10m, 2h, 1d or a date such as 2026-01-31T12:00:00Z',
  });
}
