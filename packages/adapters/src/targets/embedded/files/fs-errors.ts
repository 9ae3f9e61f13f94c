import { SupastorError } from '@supastor/contract/errors';

/** The catalogue error for a failed file operation on `path`, or the error itself when it is none we foresee. */
export function asFsError(error: unknown, path: string): unknown {
  const code = errnoOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SupastorError('SJ_NO_SPACE', `No space left for ${path}`, { hint: `free some space: df -h ${path}`, cause: error });
  }
  const why = REASONS[isMkdirOnReadOnly(error) ? 'EROFS' : (code ?? '')];
  if (why !== undefined) {
    return new SupastorError('SJ_DIRECTORY_NOT_WRITABLE', `Cannot write ${path}: ${why}`, {
      hint: 'use a directory you can write to: supastor --project-dir <dir> up',
      cause: error,
    });
  }
  return error;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is no directory',
};

/** Node reports a recursive mkdir on a read-only file system as ENOENT. */
function isMkdirOnReadOnly(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' && error instanceof Error && 'syscall' in error && error.syscall === 'mkdir';
}

/** `error.code` of a system error, else null. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Runs `action`; failures on `path` become catalogue errors. @throws SJ_NO_SPACE, SJ_DIRECTORY_NOT_WRITABLE */
export async function guardFs<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw asFsError(error, path);
  }
}
