import { formatNumber } from './locale.ts';

/** Cores as percent of one: 0.034 -> "3.4%", 2.5 -> "250%". */
export function formatCpu(cores: number | null): string {
  if (cores === null) return '–';
  const digits = cores > 0 && cores < 0.0995 ? 1 : 0;
  return formatNumber(cores, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
}
