import { randomUUID } from 'node:crypto';
import { chmod, link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { errorCodeOf, fileError } from './file-error.ts';
import { syncDirectory } from './sync-directory.ts';

export interface PreparedWrite {
  /** Puts the file in place. */
  commit(): Promise<void>;
  /** Removes what was prepared; harmless after `commit`. */
  discard(): Promise<void>;
}

/**
 * Writes `content` to a synced temporary file beside `path` (beside what it points to when it is a link); `commit` puts it in place.
 * `mode` is for a new file; an existing one keeps its mode, less whatever `mode` forbids.
 * A file that did not exist is not replaced when somebody makes it in between: `commit` then throws SJ_CONFLICT.
 * @throws SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE, SJ_NOT_FOUND
 */
export async function prepareWrite(name: string, content: string, mode: number): Promise<PreparedWrite> {
  const path = await realpath(name).catch(() => name);
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const discard = () => rm(temporary, { force: true });
  let previous: number | null;
  try {
    previous = await modeOf(path);
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
        if (previous === null) await putNew(temporary, path);
        else await rename(temporary, path);
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

/** Puts a file in place only if nothing is there. File systems without hard links get a plain rename. */
async function putNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    await rm(temporary);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'EEXIST') {
      throw new SupastorError('SJ_CONFLICT', `${path} was made by someone else at the same moment`, {
        hint: 'run the command again',
        cause: error,
      });
    }
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error;
    await rename(temporary, path);
  }
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
