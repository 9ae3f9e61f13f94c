export interface Row {
  readonly what: string;
  readonly value: string;
  /** What the issue or the documentation promises, when there is a promise. */
  readonly target?: string;
  readonly met?: boolean;
}

export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Prints aligned columns; `met` shows as yes or NO. */
export function printTable({ title, rows }: Table): void {
  const width = Math.max(...rows.map((row) => row.what.length));
  process.stdout.write(`\n${title}\n`);
  for (const { what, value, target = '', met } of rows) {
    const verdict = met === undefined ? '' : met ? 'yes' : 'NO';
    process.stdout.write(`  ${what.padEnd(width)}  ${value.padStart(12)}  ${target.padEnd(24)} ${verdict}\n`);
  }
}

/** Middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
