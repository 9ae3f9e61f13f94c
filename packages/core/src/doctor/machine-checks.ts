import { fail, ok, skip, warn, type Verdict } from './verdict.ts';

const MIB = 1024 ** 2;
const REQUIRED_NODE_MAJOR = 24;
/** Longest path of a Unix socket on Linux, less its terminating zero. */
const MAX_SOCKET_PATH_BYTES = 107;

export function checkNode(version: string): Verdict {
  if (Number.parseInt(version, 10) >= REQUIRED_NODE_MAJOR) return ok(`Node.js ${version}`);
  return fail(`Node.js ${version} is too old`, `install Node.js ${REQUIRED_NODE_MAJOR} or newer`);
}

/** `unusable` are programs that are missing or may not be executed; null when the package itself is not installed. */
export function checkPostgresPrograms(platform: string, version: string | null, unusable: readonly string[]): Verdict {
  if (version === null) {
    return fail(
      `no bundled Postgres for ${platform} is installed`,
      'run npm install without --omit=optional, or set postgres.managed: false',
    );
  }
  if (unusable.length > 0) {
    return fail(`not executable: ${unusable.join(', ')}`, 'run npm ci again, and check that the disk is not mounted noexec');
  }
  return ok(`Postgres ${version} for ${platform}`);
}

export function checkDisk(freeBytes: number, freeInodes: number | null): Verdict {
  const free = `${formatMib(freeBytes)} free`;
  if (freeBytes < 200 * MIB) return fail(free, 'free some space: uploads and the database need at least 200 MiB');
  if (freeInodes !== null && freeInodes < 1000)
    return fail(`only ${freeInodes} inodes free`, 'delete small files: no new file can be made soon');
  if (freeBytes < 1024 * MIB) return warn(free, 'free some space soon: less than 1 GiB is left');
  return ok(free);
}

export function checkMemory(availableBytes: number): Verdict {
  const available = `${formatMib(availableBytes)} available`;
  if (availableBytes < 256 * MIB) return fail(available, 'stop other programs: the stack needs about 450 MiB');
  if (availableBytes < 512 * MIB) return warn(available, 'the stack needs about 450 MiB when idle');
  return ok(available);
}

/** `limit` is the hard limit, to which Node.js raises its own; null when there is none or it cannot be read. */
export function checkOpenFiles(limit: number | null): Verdict {
  if (limit === null) return ok('no limit found');
  if (limit < 1024) return fail(`at most ${limit} open files`, 'raise the limit: ulimit -Hn 65536, or LimitNOFILE= in the unit');
  if (limit < 4096) return warn(`at most ${limit} open files`, 'raise the limit for many connections: ulimit -Hn 65536');
  return ok(`${limit} open files`);
}

export function checkSharedMemory(totalBytes: number | null): Verdict {
  if (totalBytes === null) return skip('this platform has no /dev/shm');
  if (totalBytes < 32 * MIB)
    return warn(
      `/dev/shm has ${formatMib(totalBytes)}`,
      'give it at least 64 MiB (docker run --shm-size=256m): Postgres uses it for parallel queries',
    );
  return ok(`/dev/shm has ${formatMib(totalBytes)}`);
}

/** Whether the clock can be right: certificates, signed URLs and JWTs all depend on it. `newestKeyIatSeconds` is when the newest API key was signed. */
export function checkClock(nowMs: number, newestKeyIatSeconds: number | null): Verdict {
  const now = new Date(nowMs);
  const year = now.getUTCFullYear();
  if (year < 2025 || year > 2100) return fail(`the clock says ${now.toISOString()}`, 'set the clock: timedatectl set-ntp true');
  if (newestKeyIatSeconds !== null && newestKeyIatSeconds > nowMs / 1000 + 60) {
    return fail(`the clock says ${now.toISOString()}, but a key was signed later`, 'set the clock: timedatectl set-ntp true');
  }
  return ok(now.toISOString());
}

/** `path` is the longest socket path; null when no directory is short enough. */
export function checkSocketPath(path: string | null): Verdict {
  const fix = 'set TMPDIR=/tmp, or move the project to a shorter path';
  if (path === null) return fail('no directory with a path short enough for sockets', fix);
  const bytes = new TextEncoder().encode(path).length;
  return bytes > MAX_SOCKET_PATH_BYTES
    ? fail(`${path} has ${bytes} bytes, ${MAX_SOCKET_PATH_BYTES} are allowed`, fix)
    : ok(`${bytes} of ${MAX_SOCKET_PATH_BYTES} bytes`);
}

export function formatMib(bytes: number): string {
  const mib = bytes / MIB;
  return mib >= 1024 ? `${(mib / 1024).toFixed(1)} GiB` : `${Math.floor(mib)} MiB`;
}
