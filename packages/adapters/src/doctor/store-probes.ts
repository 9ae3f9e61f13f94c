import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DirectoryFact, SpaceFact } from '@supastor/core/doctor/store-checks';
import { syncDirectory } from '../config-files/sync-directory.ts';
import { errorCodeOf } from '../config-files/file-error.ts';
import { nearestExisting } from './probes.ts';

/** As much as a full disk cannot hide in the entry of the file. */
const PROBE = Buffer.alloc(8192, 1);

/** Does what an upload does in the store's directory (when it is missing, in the nearest one above), and removes it again. */
export async function probeStoreDirectory(path: string): Promise<DirectoryFact> {
  const directory = await nearestExisting(path);
  const startMs = performance.now();
  const problem = await writeDurably(directory);
  const syncMs = performance.now() - startMs;
  return { path: directory, problem, syncMs, ...(await findMount(directory)) };
}

/** Room on the file system of the store. */
export async function probeStoreSpace(path: string): Promise<SpaceFact> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(await nearestExisting(path));
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeInodes: files === 0 ? null : ffree, totalInodes: files };
}

/** The code of what failed; null when all went through. */
async function writeDurably(directory: string): Promise<string | null> {
  const name = join(directory, `.supastor-${randomUUID()}`);
  try {
    const file = await open(`${name}.part`, 'wx', 0o600);
    try {
      await file.writeFile(PROBE);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${name}.part`, `${name}.tmp`);
    await syncDirectory(directory);
    return null;
  } catch (error) {
    return errorCodeOf(error) ?? String(error);
  } finally {
    await Promise.all(['part', 'tmp'].map((suffix) => rm(`${name}.${suffix}`, { force: true }).catch(() => undefined)));
  }
}

/** The mount that the directory is on, from what Linux says of this process. */
async function findMount(directory: string): Promise<Pick<DirectoryFact, 'fileSystem' | 'mountOptions'>> {
  const [mounts, path] = [await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''), await realpath(directory)];
  const found = mounts
    .split('\n')
    .flatMap((line) => parseMount(line) ?? [])
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    // Of mounts on the same point, the last one covers the others.
    .reduce<Mount | null>((best, mount) => (best === null || mount.point.length >= best.point.length ? mount : best), null);
  return { fileSystem: found?.fileSystem ?? null, mountOptions: found?.options ?? [] };
}

interface Mount {
  readonly point: string;
  readonly fileSystem: string;
  readonly options: readonly string[];
}

/** A line as `36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw,errors=continue`. */
function parseMount(line: string): Mount | null {
  const [mount, system] = line.split(' - ');
  const [point, options] = mount?.split(' ').slice(4) ?? [];
  const [fileSystem, , superOptions = ''] = system?.split(' ') ?? [];
  if (point === undefined || options === undefined || fileSystem === undefined) return null;
  return { point: unescapeOctal(point), fileSystem, options: [...options.split(','), ...superOptions.split(',')] };
}

/** Blanks in paths are written as `\040`. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_match, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
