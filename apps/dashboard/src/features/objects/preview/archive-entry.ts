/** A file or folder inside an archive. */
export interface ArchiveEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly isFolder: boolean;
}

export interface ArchiveListing {
  readonly entries: readonly ArchiveEntry[];
  /** There is more that was not read. */
  readonly isCut: boolean;
}
