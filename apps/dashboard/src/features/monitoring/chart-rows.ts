/** Points of a line as the API gives them. */
interface Point {
  readonly at: string;
  readonly value: number | null;
}

/** One moment with the values of every line; what was not measured is null, which is a gap. */
export type Row = Readonly<Record<string, number | null>> & { readonly atMs: number };

/** Puts lines under each other by their time. */
export function toRows(lines: Readonly<Record<string, readonly Point[]>>): readonly Row[] {
  const rows = new Map<number, Record<string, number | null>>();
  for (const [name, points] of Object.entries(lines)) {
    for (const { at, value } of points) {
      const atMs = Date.parse(at);
      const row = rows.get(atMs) ?? {};
      row[name] = value;
      rows.set(atMs, row);
    }
  }
  return [...rows].toSorted(([a], [b]) => a - b).map(([atMs, values]) => ({ ...values, atMs }));
}

/** The newest value that was measured. */
export function newestOf(points: readonly Point[]): number | null {
  return points.findLast(({ value }) => value !== null)?.value ?? null;
}

/** Highest value of all lines; zero when there is none. */
export function highestOf(rows: readonly Row[], names: readonly string[]): number {
  return Math.max(0, ...rows.flatMap((row) => names.map((name) => row[name] ?? 0)));
}

/** Whether a value stands alone: no line leads to it, so that only a dot can show it. */
export function isLonely(rows: readonly Row[], name: string, index: number): boolean {
  const has = (at: number) => (rows[at]?.[name] ?? null) !== null;
  return has(index) && !has(index - 1) && !has(index + 1);
}
