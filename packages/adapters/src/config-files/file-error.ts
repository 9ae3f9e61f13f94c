import { dirname } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';

/** The `code` of a system error (`ENOENT`); undefined for anything else. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const NOT_WRITABLE: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];
const NO_SPACE: readonly string[] = ['ENOSPC', 'EDQUOT'];

/**
 * A file-system failure as a catalogue error: SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE or SJ_NOT_FOUND.
 * Aborts, catalogue errors and failures nobody expects come back unchanged.
 */
export function fileError(error: unknown, path: string, doing: 'read' | 'write'): unknown {
  const code = errorCodeOf(error);
  const details = { cause: error, meta: { path, code } };
  if (code === undefined || error instanceof SupastorError) return error;
  if (NO_SPACE.includes(code)) {
    return new SupastorError('SJ_NO_SPACE', `no space left to write ${path}; nothing was changed`, {
      ...details,
      hint: 'free some space (`df -h` shows where it went) and run the command again',
    });
  }
  if (NOT_WRITABLE.includes(code) && doing === 'write') {
    return new SupastorError('SJ_DIRECTORY_NOT_WRITABLE', `cannot write ${path} (${code}); nothing was changed`, {
      ...details,
      hint: `make ${dirname(path)} writable for this user, or choose another directory with --project-dir`,
    });
  }
  if (NOT_WRITABLE.includes(code)) {
    return new SupastorError('SJ_FORBIDDEN', `may not read ${path} (${code})`, {
      ...details,
      hint: `let this user read it: chmod u+r ${path}`,
    });
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SupastorError('SJ_NOT_FOUND', `there is no directory for ${path}`, {
      ...details,
      hint: `create it: mkdir -p ${dirname(path)}`,
    });
  }
  if (code === 'EISDIR')
    return new SupastorError('SJ_CONFLICT', `${path} is a directory, a file is expected`, { ...details, hint: 'move it away' });
  return error;
}
