import { createHash } from 'node:crypto';
import type { PlacedSpec } from './service-spec.ts';

/** Stable hash of a whole spec: equal specs give equal text whatever their key order. Secrets enter it only through the hash. */
export function hashSpec(spec: PlacedSpec): string {
  return hash(spec);
}

/** Hash of the part of a spec that the process itself sees. While it stays the same, a change needs no restart. */
export function hashLaunch({ name, ports, environment, volumes, resources, links }: PlacedSpec): string {
  return hash({ name, ports, environment, volumes, resources, links });
}

function hash(value: unknown): string {
  return createHash('sha256').update(stableJson(value)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
