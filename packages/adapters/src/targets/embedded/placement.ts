import { isAbsolute, join, relative } from 'node:path';
import type { StackPaths } from './files/paths.ts';
import { chooseRuntimeDir, type RuntimeHost } from './files/runtime-dir.ts';
import { type Placement, readPlacement } from './files/state-file.ts';
import { SYSTEM_DIR } from './postgres/binaries.ts';
import { blockingDirectory, postgresOwner } from './postgres/owner.ts';

/** Where things of a stack are, with directories as absolute paths. */
export interface ResolvedPlacement extends Placement {
  /** Things about the places that an operator should know. */
  readonly notes: readonly string[];
}

/**
 * Where the stack keeps its sockets and data: as recorded, else decided now. Nothing is created.
 * Directories inside the state directory are recorded relative to it, so that a project can be moved.
 */
export function resolvePlacement(paths: StackPaths, host: RuntimeHost): ResolvedPlacement {
  const recorded = readPlacement(paths.placementFile);
  const before = recorded && mapValues(recorded.volumes, (dir) => (isAbsolute(dir) ? dir : join(paths.stateDir, dir)));
  // What a project of an earlier version does not know yet lies in its state directory.
  const volumes = before === null ? chooseVolumes(paths, host) : { ...volumesOfMocks(paths), ...before };
  const postgres = volumes['postgres'];
  const notes =
    postgres === undefined || postgres.startsWith(paths.stateDir)
      ? []
      : [`the database is kept in ${postgres}: Postgres does not run as root, and its user may not enter ${paths.projectDir}`];
  return {
    version: 1,
    runtimeDir: recorded?.runtimeDir ?? chooseRuntimeDir(host, paths.id),
    volumes,
    ports: recorded?.ports ?? {},
    notes,
  };
}

/** The form that is written down. */
export function toRecord(paths: StackPaths, { runtimeDir, volumes, ports }: ResolvedPlacement): Placement {
  const inside = (dir: string) => (dir.startsWith(`${paths.stateDir}/`) ? relative(paths.stateDir, dir) : dir);
  return { version: 1, runtimeDir, volumes: mapValues(volumes, inside), ports };
}

function chooseVolumes(paths: StackPaths, host: RuntimeHost): Record<string, string> {
  const owner = postgresOwner(host.uid);
  const blocked = owner !== undefined && blockingDirectory(paths.projectDir, owner) !== null;
  return {
    postgres: blocked ? join(SYSTEM_DIR, paths.id, 'postgres') : join(paths.stateDir, 'postgres'),
    objects: join(paths.stateDir, 'objects'),
    ...volumesOfMocks(paths),
  };
}

function volumesOfMocks({ stateDir }: StackPaths): Record<string, string> {
  return { s3: join(stateDir, 's3'), oidc: join(stateDir, 'oidc') };
}

function mapValues(record: Readonly<Record<string, string>>, map: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
