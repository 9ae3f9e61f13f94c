import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findByWorkingDirectory, identifyProcess } from '../process-identity.ts';
import { adoptProcess, terminate } from '../process-handle.ts';

const STOP_TIMEOUT_MS = 20_000;

/**
 * Clears the way for a server in `dataDir` after a crash: a postmaster we lost track of is stopped, backends that outlived theirs are killed
 * (they hold the shared memory a new server needs; what they had not committed is rolled back by recovery), and lock files of the dead are removed.
 * Postgres itself would refuse to start when the pid in its lock file has been given to an unrelated process of the same user.
 */
export async function clearLeftovers(dataDir: string, socketDir: string): Promise<void> {
  const postmaster = readPostmasterPid(dataDir);
  const inhabitants = findByWorkingDirectory(dataDir);
  if (postmaster !== null && inhabitants.includes(postmaster)) await stop(postmaster, 'SIGINT', STOP_TIMEOUT_MS);
  await Promise.all(findByWorkingDirectory(dataDir).map((pid) => stop(pid, 'SIGQUIT', 2000)));
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
  for (const name of listDirectory(socketDir)) if (name.startsWith('.s.PGSQL.')) rmSync(join(socketDir, name), { force: true });
}

function readPostmasterPid(dataDir: string): number | null {
  try {
    const pid = Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

async function stop(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
  const id = identifyProcess(pid);
  const handle = id && adoptProcess(id);
  if (handle) await terminate(handle, signal, timeoutMs);
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
