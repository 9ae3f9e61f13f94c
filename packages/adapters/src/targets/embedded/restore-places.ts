import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureStateDirs } from './embedded-target.ts';
import { guardFs } from './files/fs-errors.ts';
import type { StackPaths } from './files/paths.ts';
import { ensureRuntimeDir, type RuntimeHost } from './files/runtime-dir.ts';
import { resolvePlacement } from './placement.ts';
import { locateBinaries, type PostgresBinaries, SYSTEM_DIR } from './postgres/binaries.ts';
import { type Owner, postgresOwner } from './postgres/owner.ts';

export interface RestorePlaces {
  readonly postgres: string;
  readonly objects: string;
  readonly socketDir: string;
  readonly binaries: PostgresBinaries;
  readonly owner: Owner | undefined;
}

/** Where a stack that is down has its data, or will have it, and what runs its Postgres. Makes the directories around. */
export async function openRestorePlaces(paths: StackPaths, host: RuntimeHost): Promise<RestorePlaces> {
  const { volumes, runtimeDir } = resolvePlacement(paths, host);
  const { postgres = join(paths.stateDir, 'postgres'), objects = join(paths.stateDir, 'objects') } = volumes;
  await ensureStateDirs(paths, host);
  if (!postgres.startsWith(paths.stateDir)) await guardFs(postgres, () => mkdir(dirname(postgres), { recursive: true, mode: 0o711 }));
  ensureRuntimeDir(runtimeDir, host.uid);
  const owner = postgresOwner(host.uid);
  const binaries = await locateBinaries(owner, join(SYSTEM_DIR, 'postgres'));
  return { postgres, objects, socketDir: join(runtimeDir, 'restore'), binaries, owner };
}
