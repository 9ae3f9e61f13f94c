import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { errnoOf } from '../files/fs-errors.ts';

/** Past this size a spool that has been read to the end is emptied. */
const TRUNCATE_BYTES = 1024 * 1024;
const READ_BYTES = 256 * 1024;
/** A line longer than this is cut, so that a service cannot make us hold any amount of memory. */
const MAX_LINE_BYTES = 1024 * 1024;

/**
 * The file a service writes its output to, read from where the last reader stopped. The place is kept in a file beside it, so that a new
 * supervisor goes on where a killed one was. The service holds the file open for appending, hence it is emptied in place when it has been read.
 */
export class Spool {
  readonly #path: string;
  readonly #offsetPath: string;
  #offset: number;

  constructor(path: string) {
    this.#path = path;
    this.#offsetPath = `${path}.offset`;
    this.#offset = readOffset(this.#offsetPath);
  }

  /**
   * Hands the complete lines written since last time to `consume`, and remembers them as read once it has returned.
   * With `flush`, a last line without an end counts too.
   */
  read(consume: (lines: readonly string[]) => void, flush = false): void {
    const fd = openOrNull(this.#path);
    if (fd === null) return;
    try {
      const { size } = fstatSync(fd);
      if (size < this.#offset) this.#offset = 0;
      while (this.#offset < size && this.#readBlock(fd, size, consume, flush));
      if (this.#offset > TRUNCATE_BYTES && this.#offset === fstatSync(fd).size) {
        ftruncateSync(fd, 0);
        this.#moveTo(0);
      }
    } finally {
      closeSync(fd);
    }
  }

  #readBlock(fd: number, size: number, consume: (lines: readonly string[]) => void, flush: boolean): boolean {
    const buffer = Buffer.alloc(Math.min(size - this.#offset, Math.max(READ_BYTES, MAX_LINE_BYTES)));
    const length = readSync(fd, buffer, 0, buffer.length, this.#offset);
    const lastBreak = buffer.subarray(0, length).lastIndexOf(0x0a);
    const whole = lastBreak === -1 && (flush || length >= MAX_LINE_BYTES) ? length : lastBreak + 1;
    if (whole === 0) return false;
    const lines = buffer
      .subarray(0, whole)
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    consume(lines);
    this.#moveTo(this.#offset + whole);
    return true;
  }

  #moveTo(offset: number): void {
    this.#offset = offset;
    writeFileSync(this.#offsetPath, String(offset), { mode: 0o600 });
  }
}

function readOffset(path: string): number {
  try {
    const offset = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(offset) && offset >= 0 ? offset : 0;
  } catch {
    return 0;
  }
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
