import type { BackupManifest, BackupSummary } from '@supastor/contract/wire/backup';

/** How far a backup, or reading it again, is. */
export interface BackupProgress {
  readonly phase: 'rows' | 'bytes';
  /** Versions that are dealt with. */
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
  /** Bytes of this phase. */
  readonly bytes: number;
}

export interface BackupWork {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackupProgress) => Promise<void>;
}

/** Backups of this installation, in the place that is configured for them. */
export interface BackupStore {
  readonly destination: string;
  /** Newest first. */
  list(): Promise<readonly BackupSummary[]>;
  /** @throws SJ_NOT_FOUND, SJ_BACKUP_DAMAGED */
  get(id: string): Promise<BackupManifest>;
  /** @throws SJ_LOCKED while one is being made or removed, SJ_CONFLICT, SJ_DATABASE_UNREACHABLE, SJ_TARGET_UNSUPPORTED, SJ_NO_SPACE, SJ_UPSTREAM_FAILED */
  create(work: BackupWork): Promise<BackupManifest>;
  /** @throws SJ_NOT_FOUND, SJ_BACKUP_DAMAGED naming the first file that is not what was written */
  verify(id: string, work: BackupWork): Promise<BackupManifest>;
  /** Removes backups and the bytes that no other one names; how many versions those were. @throws SJ_LOCKED, SJ_NOT_FOUND, SJ_BACKUP_DAMAGED */
  remove(ids: readonly string[]): Promise<number>;
}
