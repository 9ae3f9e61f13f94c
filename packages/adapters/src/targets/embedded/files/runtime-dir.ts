import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { asFsError } from './fs-errors.ts';

/** What of the machine decides where sockets live. */
export interface RuntimeHost {
  readonly uid: number;
  /** XDG_RUNTIME_DIR, when set. */
  readonly xdgRuntimeDir: string | undefined;
  readonly tmpDir: string;
}

/** Longest path a Unix socket may have, with room for `pg/.s.PGSQL.65535`. */
const MAX_DIR_BYTES = 107 - 20;

/** The short directory for one stack's sockets. Nothing is created. */
export function chooseRuntimeDir(host: RuntimeHost, stackId: string): string {
  const candidates = [
    host.uid === 0 && isWritable('/run') ? join('/run/supastor', stackId) : null,
    host.uid !== 0 && host.xdgRuntimeDir && isWritable(host.xdgRuntimeDir) ? join(host.xdgRuntimeDir, 'supastor', stackId) : null,
    join(host.tmpDir, `supastor-${host.uid}`, stackId),
    join('/tmp', `supastor-${host.uid}`, stackId),
  ];
  const found = candidates.find((path) => path !== null && Buffer.byteLength(path) <= MAX_DIR_BYTES);
  if (!found)
    throw new SupastorError('SJ_DIRECTORY_NOT_WRITABLE', 'No directory with a path short enough for sockets', { hint: 'set TMPDIR=/tmp' });
  return found;
}

/**
 * Creates the directory and its parent, ours alone. Another user must not own or be able to replace either of them.
 * As root both can be passed through, because Postgres runs as another user and has its socket below.
 */
export function ensureRuntimeDir(path: string, uid: number): void {
  for (const dir of [dirname(path), path]) {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const stat = lstatSync(dir);
      if (!stat.isDirectory() || stat.uid !== uid) {
        throw new SupastorError('SJ_DIRECTORY_NOT_WRITABLE', `${dir} belongs to someone else`, { hint: `remove ${dir}, or set TMPDIR` });
      }
      chmodSync(dir, uid === 0 ? 0o711 : 0o700);
    } catch (error) {
      throw asFsError(error, dir);
    }
  }
}

/** The supervisor's control socket. */
export function controlSocketPath(runtimeDir: string): string {
  return join(runtimeDir, 'control.sock');
}

/** The directory of Postgres' own socket. */
export function postgresSocketDir(runtimeDir: string): string {
  return join(runtimeDir, 'pg');
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
