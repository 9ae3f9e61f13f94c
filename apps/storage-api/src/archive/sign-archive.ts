import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import { archiveSize } from '../metadata/archive-queries.ts';
import type { Scope } from '../metadata/scope.ts';
import type { ArchivedFolder } from './folder-archive.ts';

/** The directory of an archive is held in memory until its end: about 30 MB for so many. */
const MAX_ARCHIVE_OBJECTS = 200_000;

export interface ArchiveLink {
  /** Path and query below the address of this server. */
  readonly signedURL: string;
  readonly objects: number;
  readonly bytes: number;
}

/**
 * A link to a zip of everything below a folder. What is in it is decided when it is followed.
 * @throws ProtocolError NoSuchKey when nothing is there, InvalidRequest when it is too many objects
 */
export async function signArchive(
  { database, signer, links }: Pick<StorageDeps, 'database' | 'signer' | 'links'>,
  { bucket, prefix, scope, expiresInSeconds }: ArchivedFolder & { readonly scope: Scope; readonly expiresInSeconds: number },
): Promise<ArchiveLink> {
  const size = archiveSize({ bucket, prefix }, MAX_ARCHIVE_OBJECTS + 1);
  await database.read(size);
  const { objects, bytes } = size.rows[0] ?? { objects: '0', bytes: '0' };
  if (Number(objects) === 0) throw failures.noSuchKey();
  if (Number(objects) > MAX_ARCHIVE_OBJECTS) {
    throw failures.invalidRequest(`prefix holds more than ${MAX_ARCHIVE_OBJECTS} objects; choose a folder with less, or copy it over S3`);
  }
  const token = signer.signDownload(`${bucket}/${prefix}`, expiresInSeconds, { archive: true });
  links.made(token, { bucket, path: prefix, scope: 'download', subject: scope.subject, role: scope.role, expiresInSeconds });
  const query = new URLSearchParams({ prefix, token });
  return { signedURL: `/archive/${encodeURIComponent(bucket)}?${query.toString()}`, objects: Number(objects), bytes: Number(bytes) };
}
