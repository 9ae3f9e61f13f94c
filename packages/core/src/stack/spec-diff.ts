import type { PlacedSpec } from './service-spec.ts';
import { stableJson } from './spec-hash.ts';

/** Why one spec is not the other, as short phrases. Names what changed, never a value of the environment. */
export function describeSpecChanges(running: PlacedSpec, wanted: PlacedSpec): readonly string[] {
  const reasons: string[] = [];
  const environment = changedKeys(running.environment, wanted.environment);
  if (environment.length > 0) reasons.push(`environment changed: ${environment.join(', ')}`);
  for (const name of changedKeys(running.ports, wanted.ports)) {
    reasons.push(`port ${name} changed: ${address(running.ports[name])} -> ${address(wanted.ports[name])}`);
  }
  // A service's own listeners are links too when its environment names them; they were told above.
  const links = changedKeys(running.links, wanted.links).filter((key) => !key.startsWith(`${wanted.name}.`));
  for (const key of links) {
    reasons.push(`${key} moved: ${address(running.links[key])} -> ${address(wanted.links[key])}`);
  }
  const rest = (['volumes', 'resources', 'health', 'restart', 'dependsOn', 'stopTimeoutMs', 'secretNames'] as const).filter(
    (key) => stableJson(running[key]) !== stableJson(wanted[key]),
  );
  if (rest.length > 0) reasons.push(`${rest.join(', ')} changed`);
  return reasons;
}

function changedKeys(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => stableJson(before[key] ?? null) !== stableJson(after[key] ?? null)).toSorted();
}

function address(listener: { readonly host: string; readonly port: number } | undefined): string {
  return listener ? `${listener.host}:${listener.port}` : 'none';
}
