import type { ArchiveEntry, ArchiveListing } from './archive-entry.ts';

/** Reads bytes of the archive. */
export type ReadRange = (start: number, length: number) => Promise<Uint8Array>;

/** The end of the directory is at most this far from the end of the archive: its own size and the longest comment. */
const TAIL_BYTES = 22 + 0xffff;
const MAX_DIRECTORY_BYTES = 4 * 1024 * 1024;
const END = 0x0605_4b50;
const END_64 = 0x0606_4b50;
const LOCATOR_64 = 0x0706_4b50;
const LINE = 0x0201_4b50;

/** Names and sizes out of the directory at the end of a zip (APPNOTE 4.3); nothing else of it is read. @throws Error when it is none */
export async function listZip(read: ReadRange, totalBytes: number): Promise<ArchiveListing> {
  const tailAt = Math.max(0, totalBytes - TAIL_BYTES);
  const tail = viewOf(await read(tailAt, totalBytes - tailAt));
  const endAt = findEnd(tail);
  const directory = (await largeDirectory(read, tail, endAt)) ?? {
    length: tail.getUint32(endAt + 12, true),
    start: tail.getUint32(endAt + 16, true),
  };
  const length = Math.min(directory.length, MAX_DIRECTORY_BYTES);
  const entries = readLines(await read(directory.start, length));
  return { entries, isCut: length < directory.length };
}

function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) if (tail.getUint32(at, true) === END) return at;
  throw new Error('This is not a zip archive, or its end is missing.');
}

/** Where the directory is in an archive that is too large for 32 bits. */
async function largeDirectory(read: ReadRange, tail: DataView, endAt: number) {
  const locatorAt = endAt - 20;
  if (locatorAt < 0 || tail.getUint32(locatorAt, true) !== LOCATOR_64) return null;
  const end = viewOf(await read(Number(tail.getBigUint64(locatorAt + 8, true)), 56));
  if (end.byteLength < 56 || end.getUint32(0, true) !== END_64) return null;
  return { length: Number(end.getBigUint64(40, true)), start: Number(end.getBigUint64(48, true)) };
}

function readLines(bytes: Uint8Array): ArchiveEntry[] {
  const view = viewOf(bytes);
  const text = new TextDecoder();
  const entries: ArchiveEntry[] = [];
  let at = 0;
  while (at + 46 <= bytes.length && view.getUint32(at, true) === LINE) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const nameEnd = at + 46 + nameLength;
    if (nameEnd + extraLength > bytes.length) break;
    const name = text.decode(bytes.subarray(at + 46, nameEnd));
    const small = view.getUint32(at + 24, true);
    const sizeBytes = small === 0xffff_ffff ? largeSize(view, nameEnd, extraLength) : small;
    entries.push({ name, sizeBytes, isFolder: name.endsWith('/') });
    at = nameEnd + extraLength + view.getUint16(at + 32, true);
  }
  return entries;
}

function largeSize(view: DataView, start: number, length: number): number {
  for (let at = start; at + 12 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === 1) return Number(view.getBigUint64(at + 4, true));
  }
  return 0xffff_ffff;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
