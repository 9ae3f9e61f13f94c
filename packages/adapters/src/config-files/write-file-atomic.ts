import { randomUUID } from 'node:crypto';
import { chmod, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCodeOf, fileError } from './file-error.ts';

export interface PreparedWrite {
  /** Puts the file in place. */
  commit(): Promise<void>;
  /** Removes what was prepared; harmless after `commit`. */
  discard(): Promise<void>;
}

/**
 * Writes `content` to a synced temporary file beside `path`; `commit` renames it into place.
 * `mode` is for a new file; an existing one keeps its mode, less whatever `mode` forbids.
 * @throws SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE, SJ_NOT_FOUND
 */
export async function prepareWrite(path: string, content: string, mode: number): Promise<PreparedWrite> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const discard = () => rm(temporary, { force: true });
  try {
    const previous = await modeOf(path);
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, previous === null ? mode : previous & mode);
  } catch (error) {
    await discard().catch(() => undefined);
    throw fileError(error, path, 'write');
  }
  return {
    discard,
    async commit() {
      try {
        await rename(temporary, path);
        await syncDirectory(dirname(path));
      } catch (error) {
        await discard().catch(() => undefined);
        throw fileError(error, path, 'write');
      }
    },
  };
}

/** Replaces or creates one file so that a crash leaves the old or the new content, never a part. @throws as {@link prepareWrite} */
export async function writeFileAtomic(path: string, content: string, mode = 0o644): Promise<void> {
  const prepared = await prepareWrite(path, content, mode);
  await prepared.commit();
}

async function modeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.mode & 0o777;
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
