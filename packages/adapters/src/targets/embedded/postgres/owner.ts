import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';

/** The user a process runs as. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who runs Postgres, which refuses to run as root: the user `postgres`, else `nobody`. Undefined when we are not root: then we do.
 * @throws SJ_PLATFORM_UNSUPPORTED
 */
export function postgresOwner(uid: number): Owner | undefined {
  if (uid !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const entry = users.find(([user]) => user === name);
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new SupastorError('SJ_PLATFORM_UNSUPPORTED', 'Postgres does not run as root, and there is neither a user postgres nor nobody', {
    hint: 'run as a normal user, or create a user postgres',
  });
}

/** The first directory on the way to `path` (itself included) that `owner` may not pass through; null when the way is free. */
export function blockingDirectory(path: string, owner: Owner): string | null {
  const chain: string[] = [];
  for (let dir = path; ; dir = dirname(dir)) {
    chain.unshift(dir);
    if (dir === dirname(dir)) break;
  }
  return chain.find((dir) => !mayPass(dir, owner)) ?? null;
}

function mayPass(dir: string, owner: Owner): boolean {
  const stat = statSync(dir, { throwIfNoEntry: false });
  if (!stat) return true;
  if (stat.uid === owner.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === owner.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}
