import { randomUUID } from 'node:crypto';
import { access, constants, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodeOf } from '../config-files/file-error.ts';

/** Free bytes and inodes for this user on the file system of the nearest existing directory; inodes null where they are not counted. */
export async function probeDisk(path: string): Promise<{ readonly freeBytes: number; readonly freeInodes: number | null }> {
  const { bavail, bsize, ffree, files } = await statfs(await nearestExisting(path));
  return { freeBytes: bavail * bsize, freeInodes: files === 0 ? null : ffree };
}

/** Size of /dev/shm in bytes; null where there is none. */
export async function probeSharedMemory(): Promise<number | null> {
  try {
    const { blocks, bsize } = await statfs('/dev/shm');
    return blocks * bsize;
  } catch {
    return null;
  }
}

/** Hard limit of open files of this process; null when unlimited or unknown. */
export async function probeOpenFiles(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? null : Number(hard);
}

/** Why no file can be made in the directory (or, when it is missing, in the nearest one above); null when one can. */
export async function probeWritable(path: string): Promise<string | null> {
  const probe = join(await nearestExisting(path), `.supastor-${randomUUID()}.tmp`);
  try {
    await writeFile(probe, 'probe', { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    return errorCodeOf(error) ?? String(error);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** Permission bits of a file; null when there is none. */
export async function probeMode(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : found.mode & 0o777;
}

/** Those of the files that are missing or may not be executed. */
export async function probeExecutables(paths: readonly string[]): Promise<readonly string[]> {
  const checked = await Promise.all(
    paths.map((path) =>
      access(path, constants.X_OK).then(
        () => [],
        () => [path],
      ),
    ),
  );
  return checked.flat();
}

/** Lines of every .gitignore from the directory up to the root of its repository; null outside a repository. */
export async function probeGitignore(directory: string): Promise<readonly string[] | null> {
  const lines: string[] = [];
  for (let current = directory; ; current = dirname(current)) {
    const text = await readFile(join(current, '.gitignore'), 'utf8').catch(() => '');
    lines.push(...text.split(/\r?\n/));
    if ((await stat(join(current, '.git')).catch(() => null)) !== null) return lines;
    if (current === dirname(current)) return null;
  }
}

/** The directory itself, or the first one above it that exists. */
export async function nearestExisting(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true || path === dirname(path)) return path;
  return nearestExisting(dirname(path));
}
