import type { StorageDeps } from '../deps.ts';
import { ResumableUploads } from './resumable-uploads.ts';
import { UploadCollector } from './upload-collector.ts';
import { UploadLocks } from './upload-locks.ts';
import type { UploadSpace } from './upload-space.port.ts';

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
  readonly space: UploadSpace;
  /** Pause between rounds of cleaning. */
  readonly periodMs: number;
}

type Deps = Pick<StorageDeps, 'database' | 'inserts' | 'blobs' | 'maxUploadBytes' | 'metrics' | 'logger'>;

/** Puts the parts together; nothing is opened before the first upload. */
export function createResumable(deps: Deps, options: ResumableOptions): Resumable {
  const { databaseUrl, space, expirationMs, publicUrl, periodMs } = options;
  const { database, logger } = deps;
  const locks = new UploadLocks({ databaseUrl, logger });
  const uploads = new ResumableUploads(deps, space);
  const collector = new UploadCollector({ database, uploads, space, locks, logger, expirationMs, periodMs });
  return { uploads, locks, collector, expirationMs, publicUrl };
}
