import { join } from 'node:path';
import type { StorageDeps } from '../deps.ts';
import { ResumableUploads } from './resumable-uploads.ts';
import { UploadCollector } from './upload-collector.ts';
import { UploadFiles } from './upload-files.ts';
import { UploadLocks } from './upload-locks.ts';

/** Uploads in parts, as routes need them. */
export interface Resumable {
  readonly uploads: ResumableUploads;
  readonly locks: UploadLocks;
  readonly collector: UploadCollector;
  /** Age at which an upload is over. */
  readonly expirationMs: number;
  /** Base URL that clients use, without `/storage/v1`. */
  readonly publicUrl: string | undefined;
}

export interface ResumableOptions extends Pick<Resumable, 'expirationMs' | 'publicUrl'> {
  /** For the connection that holds the locks; it must not go through a pooler that shares connections. */
  readonly databaseUrl: string;
  /** Directory of the store; unfinished bytes lie in a directory of it, on the same file system as finished ones. */
  readonly storePath: string;
  /** Pause between rounds of cleaning. */
  readonly periodMs: number;
}

type Deps = Pick<StorageDeps, 'database' | 'blobs' | 'maxUploadBytes' | 'metrics' | 'logger'>;

/** Puts the parts together; nothing is opened before the first upload. */
export function createResumable(deps: Deps, options: ResumableOptions): Resumable {
  const { databaseUrl, storePath, expirationMs, publicUrl, periodMs } = options;
  const { database, logger } = deps;
  const files = new UploadFiles(join(storePath, 'resumable'));
  const locks = new UploadLocks({ databaseUrl, logger });
  const uploads = new ResumableUploads(deps, files);
  const collector = new UploadCollector({ database, uploads, files, locks, logger, expirationMs, periodMs });
  return { uploads, locks, collector, expirationMs, publicUrl };
}
