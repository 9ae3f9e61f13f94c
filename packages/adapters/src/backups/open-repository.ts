import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { backupIdSchema } from '@supastor/contract/wire/backup';
import { fileError } from '../config-files/file-error.ts';
import { writeFileAtomic } from '../config-files/write-file-atomic.ts';
import { errnoOf } from '../targets/embedded/files/fs-errors.ts';
import { type Layout, layoutOf } from './layout.ts';

/**
 * Makes the directories of a repository where they are missing, and claims it for a database: two that share one would remove each other's bytes.
 * @throws SJ_CONFLICT when it is another one's, SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE
 */
export async function openRepository(
  destination: string,
  owner: { readonly project: string; readonly systemIdentifier: string },
): Promise<Layout> {
  if (!isAbsolute(destination)) throw new TypeError('the destination of backups is an absolute path');
  const layout = layoutOf(destination);
  try {
    for (const path of [layout.root, layout.blobs, layout.backups, layout.incoming]) await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(error, layout.root, 'write');
  }
  const claim = `${JSON.stringify({ systemIdentifier: owner.systemIdentifier, project: owner.project })}\n`;
  const known = await readFile(layout.claim, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw fileError(error, layout.claim, 'read');
  });
  if (known === null) await writeFileAtomic(layout.claim, claim, 0o600);
  else if (!known.includes(`"systemIdentifier":"${owner.systemIdentifier}"`)) {
    throw new SupastorError('SJ_CONFLICT', `${destination} holds backups of another database: ${known.trim()}`, {
      hint: 'Choose another directory: backups.destination.',
    });
  }
  return layout;
}

/** Ids of everything in the repository that has the name of a backup, newest first. Empty when there is no repository. */
export async function listBackupIds(layout: Layout): Promise<readonly string[]> {
  const names = await readdir(layout.backups).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, layout.backups, 'read');
  });
  return names
    .filter((name) => backupIdSchema.safeParse(name).success)
    .toSorted()
    .toReversed();
}

/** Forgets what was being received by backups that did not end. Nobody else may be making one. */
export async function clearIncoming(layout: Layout): Promise<void> {
  const names = await readdir(layout.incoming);
  await Promise.all(names.map((name) => rm(`${layout.incoming}/${name}`, { recursive: true, force: true })));
}
