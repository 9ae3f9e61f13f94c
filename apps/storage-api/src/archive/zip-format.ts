/** An entry whose bytes are stored as they are. */
export interface ZipEntry {
  readonly name: Buffer;
  readonly sizeBytes: number;
  /** Null when it is known only behind the bytes; a descriptor follows them then. */
  readonly crc32: number | null;
  readonly modifiedAt: Date;
}

/** An entry that was written. */
export interface WrittenEntry extends ZipEntry {
  readonly crc32: number;
  readonly hasDescriptor: boolean;
  readonly offset: number;
}

const LIMIT_32 = 0xffff_ffff;
const LIMIT_16 = 0xffff;
const NAME_IS_UTF8 = 0x0800;
const DESCRIPTOR_FOLLOWS = 0x0008;
/** 4.5, the first with 64-bit sizes. */
const VERSION = 45;
const UNIX = 3 << 8;
const FILE_MODE = (0o100644 << 16) >>> 0;
const FOLDER_MODE = ((0o040755 << 16) | 0x10) >>> 0;

/** What stands before the bytes of an entry (APPNOTE 4.3.7). Sizes are known; the checksum may not be. */
export function localHeader({ name, sizeBytes, crc32, modifiedAt }: ZipEntry): Buffer {
  const isLarge = crc32 === null || sizeBytes >= LIMIT_32;
  const extra = isLarge ? extraField(0x0001, [sizeBytes, sizeBytes]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(flagsOf(crc32 === null), 6);
  header.writeUInt32LE(dosTime(modifiedAt), 10);
  header.writeUInt32LE(crc32 ?? 0, 14);
  header.writeUInt32LE(isLarge ? LIMIT_32 : sizeBytes, 18);
  header.writeUInt32LE(isLarge ? LIMIT_32 : sizeBytes, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

/** What stands behind the bytes of an entry whose checksum was not known before (APPNOTE 4.3.9). */
export function dataDescriptor(sizeBytes: number, crc32: number): Buffer {
  const descriptor = Buffer.alloc(24);
  descriptor.writeUInt32LE(0x0807_4b50, 0);
  descriptor.writeUInt32LE(crc32, 4);
  descriptor.writeBigUInt64LE(BigInt(sizeBytes), 8);
  descriptor.writeBigUInt64LE(BigInt(sizeBytes), 16);
  return descriptor;
}

/** The line of an entry in the directory at the end (APPNOTE 4.3.12). */
export function directoryHeader({ name, sizeBytes, crc32, modifiedAt, hasDescriptor, offset }: WrittenEntry): Buffer {
  const large = [...(sizeBytes >= LIMIT_32 ? [sizeBytes, sizeBytes] : []), ...(offset >= LIMIT_32 ? [offset] : [])];
  const extra = large.length === 0 ? Buffer.alloc(0) : extraField(0x0001, large);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(UNIX | VERSION, 4);
  header.writeUInt16LE(VERSION, 6);
  header.writeUInt16LE(flagsOf(hasDescriptor), 8);
  header.writeUInt32LE(dosTime(modifiedAt), 12);
  header.writeUInt32LE(crc32, 16);
  header.writeUInt32LE(Math.min(sizeBytes, LIMIT_32), 20);
  header.writeUInt32LE(Math.min(sizeBytes, LIMIT_32), 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(name.at(-1) === 0x2f ? FOLDER_MODE : FILE_MODE, 38);
  header.writeUInt32LE(Math.min(offset, LIMIT_32), 42);
  return Buffer.concat([header, name, extra]);
}

/** The end of an archive whose directory of `bytes` bytes begins at `offset` (APPNOTE 4.3.14 to 4.3.16). */
export function directoryEnd({
  entries,
  offset,
  bytes,
}: {
  readonly entries: number;
  readonly offset: number;
  readonly bytes: number;
}): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(entries, LIMIT_16), 8);
  end.writeUInt16LE(Math.min(entries, LIMIT_16), 10);
  end.writeUInt32LE(Math.min(bytes, LIMIT_32), 12);
  end.writeUInt32LE(Math.min(offset, LIMIT_32), 16);
  if (entries < LIMIT_16 && bytes < LIMIT_32 && offset < LIMIT_32) return end;
  const large = Buffer.alloc(56);
  large.writeUInt32LE(0x0606_4b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(UNIX | VERSION, 12);
  large.writeUInt16LE(VERSION, 14);
  large.writeBigUInt64LE(BigInt(entries), 24);
  large.writeBigUInt64LE(BigInt(entries), 32);
  large.writeBigUInt64LE(BigInt(bytes), 40);
  large.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([large, locator, end]);
}

function flagsOf(hasDescriptor: boolean): number {
  return NAME_IS_UTF8 | (hasDescriptor ? DESCRIPTOR_FOLLOWS : 0);
}

function extraField(id: number, values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(id, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

/** Time in the low half, date in the high half, in UTC; the format begins in 1980 and counts two seconds at a time. */
function dosTime(at: Date): number {
  const year = Math.min(2107, Math.max(1980, at.getUTCFullYear()));
  const date = ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}
