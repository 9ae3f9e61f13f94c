/** What the trail is narrowed to; lives in the page's address. */
export interface AuditFilter {
  readonly operation?: string;
  readonly resource?: string;
  readonly identity?: string;
  readonly outcome?: Outcome;
  readonly within?: Within;
}

export const OUTCOMES = { done: 'Done', failed: 'Failed', denied: 'Denied', interrupted: 'Interrupted' } as const;
type Outcome = keyof typeof OUTCOMES;

export const PERIODS = {
  hour: { label: 'Last hour', ms: 3_600_000 },
  day: { label: 'Last 24 hours', ms: 86_400_000 },
  week: { label: 'Last 7 days', ms: 604_800_000 },
  month: { label: 'Last 30 days', ms: 2_592_000_000 },
} as const;
type Within = keyof typeof PERIODS;

/** Reads a filter from an address; what it does not know is left out. */
export function parseAuditFilter(search: Readonly<Record<string, unknown>>): AuditFilter {
  const { outcome, within } = search;
  return {
    ...textOf(search, 'operation'),
    ...textOf(search, 'resource'),
    ...textOf(search, 'identity'),
    ...(isKey(OUTCOMES, outcome) && { outcome }),
    ...(isKey(PERIODS, within) && { within }),
  };
}

/** The filter as the API takes it. */
export function toAuditInput({ within, ...same }: AuditFilter, nowMs: number) {
  return { ...same, ...(within && { since: new Date(nowMs - PERIODS[within].ms).toISOString() }) };
}

/** Address of the download that holds just what fits the filter. */
export function exportHref(filter: AuditFilter, format: 'ndjson' | 'csv', nowMs: number): string {
  return `/api/v1/audit/export?${new URLSearchParams({ ...toAuditInput(filter, nowMs), format }).toString()}`;
}

function textOf<K extends string>(search: Readonly<Record<string, unknown>>, key: K): { readonly [P in K]?: string } {
  const value = search[key];
  const result: { [P in K]?: string } = {};
  if (typeof value === 'string' && value.trim() !== '') result[key] = value.trim();
  return result;
}

function isKey<T extends object>(of: T, value: unknown): value is keyof T {
  return typeof value === 'string' && Object.hasOwn(of, value);
}
