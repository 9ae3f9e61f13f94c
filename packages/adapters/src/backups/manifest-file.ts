import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { type BackupManifest, backupManifestSchema } from '@supastor/contract/wire/backup';
import { writeFileAtomic } from '../config-files/write-file-atomic.ts';
import { errnoOf } from '../targets/embedded/files/fs-errors.ts';
import { MANIFEST_FILE } from './layout.ts';

/** Writes the file that makes a backup one: whole or not at all. Its last line is the SHA-256 of what is before. */
export async function writeManifest(directory: string, manifest: BackupManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFileAtomic(join(directory, MANIFEST_FILE), `${text}${digestOf(text)}\n`, 0o600);
}

/** Null when the backup is unfinished. @throws SJ_BACKUP_DAMAGED when it is not what was written */
export async function readManifest(directory: string, id: string): Promise<BackupManifest | null> {
  const path = join(directory, MANIFEST_FILE);
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw damagedFile(id, MANIFEST_FILE, `cannot be read (${errnoOf(error) ?? 'unknown reason'})`, error);
  });
  if (content === null) return null;
  const end = content.lastIndexOf('\n', content.length - 2) + 1;
  const text = content.slice(0, end);
  if (content.slice(end) !== `${digestOf(text)}\n`) throw damagedFile(id, MANIFEST_FILE, 'is not what was written');
  const parsed = backupManifestSchema.safeParse(parse(text));
  if (!parsed.success) throw damagedFile(id, MANIFEST_FILE, 'is of a version that this one does not know');
  if (parsed.data.id !== id) throw damagedFile(id, MANIFEST_FILE, `is that of backup ${parsed.data.id}`);
  return parsed.data;
}

/** The error for a file of a backup, by its name within the repository or the backup. */
export function damagedFile(id: string, name: string, why: string, cause?: unknown): SupastorError {
  return new SupastorError('SJ_BACKUP_DAMAGED', `Backup ${id} is damaged: ${name} ${why}.`, {
    hint: 'Use another backup: supastor backups list. Nothing was changed.',
    meta: { backup: id, file: name },
    cause,
  });
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
