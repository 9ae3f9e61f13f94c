/** What the trail is narrowed to; lives in the page's address. */
export interface AuditFilter {
  readonly operation?: string;
  readonly resource?: string;
  readonly identity?: string;
  readonly outcome?: Outcome;
  readonly within?: Within;
}

const OUTCOMES = ['done', 'failed', 'denied', 'interrupted'] as const;
type Outcome = (typeof OUTCOMES)[number];

const PERIODS_MS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const;
type Within = keyof typeof PERIODS_MS;

/** Reads a filter from an address; what it does not know is left out. */
export function parseAuditFilter(search: Readonly<Record<string, unknown>>): AuditFilter {
  const { outcome, within } = search;
  return {
    ...textOf(search, 'operation'),
    ...textOf(search, 'resource'),
    ...textOf(search, 'identity'),
    ...outcomeOf(outcome),
    ...(isKey(PERIODS_MS, within) && { within }),
  };
}

/** The filter as the API takes it. */
export function toAuditInput({ within, ...same }: AuditFilter, nowMs: number) {
  return { ...same, ...(within && { since: new Date(nowMs - PERIODS_MS[within]).toISOString() }) };
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

function outcomeOf(value: unknown): { readonly outcome?: Outcome } {
  const outcome = OUTCOMES.find((each) => each === value);
  return outcome === undefined ? {} : { outcome };
}
