import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodeOf, fileError } from './file-error.ts';
import { prepareWrite, type PreparedWrite } from './write-file-atomic.ts';

/** A file that is to change. */
export interface PlannedFile {
  /** Relative to the directory it is written in. */
  readonly name: string;
  /** Null: it is not there. */
  readonly before: string | null;
  readonly after: string;
  readonly mode: number;
}

/**
 * Prepares every file first, then renames them in. When anything fails, what was made is removed again.
 * @throws SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE, SJ_CONFLICT
 */
export async function writeTogether(directory: string, files: readonly PlannedFile[]): Promise<void> {
  const madeDirs: string[] = [];
  const madeFiles: string[] = [];
  const prepared: { readonly file: PlannedFile; readonly write: PreparedWrite }[] = [];
  try {
    for (const file of files) {
      const path = join(directory, file.name);
      const made = await makeDirectory(dirname(path));
      if (made !== undefined) madeDirs.push(made);
      prepared.push({ file, write: await prepareWrite(path, file.after, file.mode) });
    }
    for (const { file, write } of prepared) {
      await write.commit();
      if (file.before === null) madeFiles.push(join(directory, file.name));
    }
  } catch (error) {
    await Promise.allSettled(prepared.map(({ write }) => write.discard()));
    await Promise.allSettled(madeFiles.map((path) => rm(path, { force: true })));
    for (const made of madeDirs.toReversed()) await Promise.allSettled([rm(made, { recursive: true, force: true })]);
    throw error;
  }
}

/** The content of a file; null when it is not there. */
export async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw fileError(error, path, 'read');
  }
}

async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}
