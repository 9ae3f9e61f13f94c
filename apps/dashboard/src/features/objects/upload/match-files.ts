import { baseName } from '../paths.ts';
import type { UploadItem } from './upload-state.ts';

/** Files that are those of uploads whose page was left: same name, same size, same time of change. Upload id to file. */
export function matchFiles(items: readonly UploadItem[], files: readonly File[]): Map<string, File> {
  const byMark = new Map(files.map((file) => [markOf(file.name, file.size, file.lastModified), file]));
  const found = new Map<string, File>();
  for (const item of items) {
    const file = item.status === 'lost' ? byMark.get(markOf(baseName(item.path), item.sizeBytes, item.modifiedMs)) : undefined;
    if (file) found.set(item.id, file);
  }
  return found;
}

/** Whether a file is that of an upload, by what is known of both. */
export function isFileOf(item: UploadItem, file: File): boolean {
  return markOf(baseName(item.path), item.sizeBytes, item.modifiedMs) === markOf(file.name, file.size, file.lastModified);
}

function markOf(name: string, sizeBytes: number, modifiedMs: number): string {
  return `${sizeBytes}:${modifiedMs}:${name}`;
}
