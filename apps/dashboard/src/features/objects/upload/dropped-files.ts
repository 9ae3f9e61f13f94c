export interface PickedFile {
  /** Path relative to what was picked or dropped, folders included, no leading slash. */
  readonly relativePath: string;
  readonly file: File;
}

/** As people count: file-2 before file-10. */
const BY_NAME = new Intl.Collator(undefined, { numeric: true });

/**
 * Files of a drop, folders walked to the bottom.
 * Call it inside the drop event: entries are gone once the event is over.
 */
export function collectDropped(transfer: DataTransfer): Promise<PickedFile[]> {
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  if (entries.every((entry) => entry === null)) return Promise.resolve(collectPicked(transfer.files));
  return walkEntries(entries.filter((entry) => entry !== null));
}

/** Files of an `<input type="file">`, with or without `webkitdirectory`, in name order. */
export function collectPicked(files: Iterable<File>): PickedFile[] {
  const picked = [...files].map((file) => ({ relativePath: file.webkitRelativePath || file.name, file }));
  return picked.toSorted((a, b) => BY_NAME.compare(a.relativePath, b.relativePath));
}

/** All files below the given entries, in name order within each folder. */
export async function walkEntries(entries: readonly FileSystemEntry[]): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  for (const entry of entries) {
    if (isFileEntry(entry)) found.push({ relativePath: entry.fullPath.replace(/^\//, ''), file: await readFile(entry) });
    else if (isDirectoryEntry(entry)) found.push(...(await walkEntries(await readFolder(entry))));
  }
  return found;
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectoryEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** A reader hands out at most 100 entries a time; an empty answer is the end. */
async function readFolder(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (batch.length === 0) return all.toSorted((a, b) => BY_NAME.compare(a.name, b.name));
    all.push(...batch);
  }
}
