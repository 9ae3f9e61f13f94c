interface SparkPath {
  readonly line: string;
  /** The same, closed along the bottom. */
  readonly area: string;
}

/** SVG paths of a series from zero up; where nothing was measured the line is broken. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): SparkPath {
  const top = Math.max(0, ...values.map((value) => value ?? 0)) || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const runs: { readonly x: number; readonly y: number }[][] = [[]];
  for (const [index, value] of values.entries()) {
    // A pixel is kept free on both sides, so that the stroke is not cut.
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ x: round(index * step), y: round(height - 1 - (value / top) * (height - 2)) });
  }
  const drawn = runs.filter((run) => run.length > 0);
  const trace = (run: (typeof drawn)[number]) => run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  return {
    line: drawn.map(trace).join(''),
    area: drawn.map((run) => `${trace(run)}L${run.at(-1)?.x ?? 0} ${height}L${run[0]?.x ?? 0} ${height}Z`).join(''),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
