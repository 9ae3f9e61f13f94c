/** How far a backup is. */
export interface BackupProgress {
  readonly phase: 'rows' | 'bytes';
  /** Versions that are dealt with. */
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
  /** Bytes copied in this phase. */
  readonly bytes: number;
}
