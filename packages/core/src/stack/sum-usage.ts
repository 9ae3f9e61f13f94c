import type { ServiceInstance } from '@supastor/contract/wire/service-status';

/** What all running instances use together. null when none runs or one of them cannot be asked: a part would pass for the whole. */
export function sumUsage(instances: readonly ServiceInstance[]): { readonly cpuCores: number | null; readonly rssBytes: number | null } {
  const running = instances.filter(({ startedAt }) => startedAt !== null);
  return { cpuCores: sumKnown(running.map(({ cpuCores }) => cpuCores)), rssBytes: sumKnown(running.map(({ memoryBytes }) => memoryBytes)) };
}

function sumKnown(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 || known.length < figures.length ? null : known.reduce((sum, figure) => sum + figure, 0);
}
