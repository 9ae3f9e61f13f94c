import { createHash } from 'node:crypto';
import { stableJson } from '../spec-hash.ts';
import type { ContainerFile, ContainerSpec } from './container-spec.ts';

/**
 * Stable hash of what a single container is made from: how many there are, and what must run before, is not in it.
 * Secrets enter it only through the hash.
 */
export function hashContainer({ replicas: _replicas, dependsOn: _dependsOn, ...container }: ContainerSpec): string {
  return hashContent(container);
}

/** Name of the volume that holds these files: the same files, the same volume. Null when there are none. */
export function filesVolume(spec: Pick<ContainerSpec, 'name' | 'files' | 'user'>): string | null {
  return spec.files.length === 0 ? null : `files-${spec.name}-${hashContent({ files: sortFiles(spec.files), user: spec.user })}`;
}

function sortFiles(files: readonly ContainerFile[]): readonly ContainerFile[] {
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Stable hash of plain data, in `digits` hexadecimal digits. */
export function hashContent(value: unknown, digits = 16): string {
  return createHash('sha256').update(stableJson(value)).digest('hex').slice(0, digits);
}
