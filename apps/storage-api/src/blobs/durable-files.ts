import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './store-error.ts';

/** Refused by a file system or a kernel that cannot link. */
const CANNOT_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** A second name for a file or, where the file system has none, a synced copy of it. */
export async function linkOrCopy(source: string, target: string): Promise<void> {
  await link(source, target).catch(async (error: unknown) => {
    if (!CANNOT_LINK.has(systemErrorCode(error) ?? '')) throw error;
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await syncFile(target);
  });
}

/** Makes a directory and its missing parents, each entry synced in the one above it. */
export async function makeDirectories(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let current = path; ; current = dirname(current)) {
    await syncOnce(dirname(current));
    if (current === first) return;
  }
}

/** A new file whose bytes are durable; its entry is not yet. */
export async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}

/** Makes the entries of a directory durable. */
export async function syncOnce(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

/** Writes all of the bytes: the kernel may take less than it is given. */
export async function writeFully(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  for (let rest = chunks; rest.length > 0;) {
    let { bytesWritten: taken } = await file.writev(rest);
    rest = rest.flatMap((chunk) => {
      const skipped = Math.min(taken, chunk.length);
      taken -= skipped;
      return skipped === chunk.length ? [] : [chunk.subarray(skipped)];
    });
  }
}

/** Resolves when all of them are done, and fails with the first failure; none is still under way then. */
export async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Closes a file that nobody needs any more, beside what comes next. */
export function closeSoon(file: FileHandle): void {
  file.close().catch(() => {});
}

/** Removes a file as far as that is possible. */
export async function discard(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}

/** Passes all errors but that it exists already. */
export async function ignoreExisting(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  });
}
