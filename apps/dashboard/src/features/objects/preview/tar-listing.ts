import type { ArchiveEntry, ArchiveListing } from './archive-entry.ts';

const BLOCK = 512;
const MAX_ENTRIES = 2000;

/**
 * Names and sizes of a tar (POSIX ustar and GNU long names), read from its beginning. Reading ends at the end of the stream: a listing of
 * the first part of an archive is cut.
 */
export async function listTar(chunks: AsyncIterable<Uint8Array>): Promise<ArchiveListing> {
  const reader = new BlockReader(chunks);
  const entries: ArchiveEntry[] = [];
  let longName: string | null = null;
  while (entries.length < MAX_ENTRIES) {
    const header = await reader.take(BLOCK);
    if (header === null) return { entries, isCut: true };
    if (header.every((byte) => byte === 0)) return { entries, isCut: false };
    if (!isHeader(header)) throw new Error('This is not a tar archive.');
    const size = octal(header, 124, 12);
    const type = String.fromCharCode(header[156] ?? 0);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L' && size < 65_536) {
      const name = await reader.take(padded);
      if (name === null) return { entries, isCut: true };
      longName = text(name, 0, size);
      continue;
    }
    // Entries about the entries: attributes of pax, and long link targets.
    if (!'xgK'.includes(type)) {
      const prefix = text(header, 345, 155);
      const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100);
      entries.push({ name, sizeBytes: size, isFolder: type === '5' || name.endsWith('/') });
      longName = null;
    }
    if (!(await reader.skip(padded))) return { entries, isCut: true };
  }
  return { entries, isCut: true };
}

function isHeader(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return sum === octal(header, 148, 8);
}

function octal(header: Uint8Array, start: number, length: number): number {
  return Number.parseInt(text(header, start, length).trim() || '0', 8);
}

function text(bytes: Uint8Array, start: number, length: number): string {
  const part = bytes.subarray(start, start + length);
  const end = part.indexOf(0);
  return new TextDecoder().decode(end === -1 ? part : part.subarray(0, end));
}

/** Hands out a stream in pieces of any length. */
class BlockReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; null when the stream ends before. */
  async take(length: number): Promise<Uint8Array | null> {
    while (this.#held.length < length) {
      const next = await this.#chunks.next();
      if (next.done === true) return null;
      const joined = new Uint8Array(this.#held.length + next.value.length);
      joined.set(this.#held);
      joined.set(next.value, this.#held.length);
      this.#held = joined;
    }
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  async skip(length: number): Promise<boolean> {
    let left = length;
    while (left > this.#held.length) {
      left -= this.#held.length;
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#held = next.value;
    }
    this.#held = this.#held.subarray(left);
    return true;
  }
}
