/** Cores as percent of one: `0.3%`, `42%`, `250%`; `-` when nobody can say. */
export function formatCpu(cores: number | null): string {
  if (cores === null) return '-';
  const percent = cores * 100;
  return `${percent.toFixed(percent > 0 && percent < 9.95 ? 1 : 0)}%`;
}

/** Megabytes: `30 MB`; `-` when nobody can say. */
export function formatMemory(bytes: number | null): string {
  return bytes === null ? '-' : `${Math.round(bytes / 1e6)} MB`;
}
