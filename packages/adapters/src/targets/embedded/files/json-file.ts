import { closeSync, fchmodSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { SupastorError } from '@supastor/contract/errors';
import type { z } from 'zod';
import { asFsError, errnoOf } from './fs-errors.ts';

/** Reads and checks a JSON file; null when it is not there or is damaged. */
export function readJsonFile<S extends z.ZodType>(path: string, schema: S): z.infer<S> | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    if (errnoOf(error) !== 'EACCES') throw error;
    throw new SupastorError('SJ_DIRECTORY_NOT_WRITABLE', `Cannot read ${path}: permission denied`, {
      hint: 'run the command as the user who started the stack',
      cause: error,
    });
  }
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // A file that is not JSON is as good as none: what it described is found again by other means.
    return null;
  }
}

/** Replaces a JSON file in one step, mode 0600: readers see the old text or the new one, also after a crash. */
export function writeJsonFile(path: string, value: unknown): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const fd = openSync(temporary, 'w', 0o600);
    try {
      fchmodSync(fd, 0o600);
      writeSync(fd, JSON.stringify(value));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asFsError(error, path);
  }
}
