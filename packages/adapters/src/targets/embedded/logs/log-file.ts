import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { errnoOf } from '../files/fs-errors.ts';

export interface RotationLimits {
  readonly maxFileBytes: number;
  /** Rotated files kept, besides the current one. */
  readonly maxFiles: number;
}

/** Appends lines to `path`; past the size the file becomes `path.1`, that one `path.2`, and so on. */
export function appendLines(path: string, lines: readonly string[], limits: RotationLimits): void {
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let pending = '';
  const flush = () => {
    if (pending !== '') appendFileSync(path, pending, { mode: 0o600 });
    pending = '';
  };
  for (const line of lines) {
    const length = Buffer.byteLength(line) + 1;
    if (size > 0 && size + length > limits.maxFileBytes) {
      flush();
      rotate(path, limits.maxFiles);
      size = 0;
    }
    pending += `${line}\n`;
    size += length;
  }
  flush();
}

function rotate(path: string, maxFiles: number): void {
  rmSync(`${path}.${maxFiles}`, { force: true });
  for (let index = maxFiles - 1; index >= 0; index--) {
    try {
      renameSync(index === 0 ? path : `${path}.${index}`, `${path}.${index + 1}`);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

const BLOCK_BYTES = 64 * 1024;

/** The lines of a log, newest first, through its rotated files. Stop taking when you have enough: nothing more is read. */
export function* linesBackwards(path: string, maxFiles: number): Generator<string> {
  for (let index = 0; index <= maxFiles; index++) yield* fileLinesBackwards(index === 0 ? path : `${path}.${index}`);
}

function* fileLinesBackwards(path: string): Generator<string> {
  const fd = openOrNull(path);
  if (fd === null) return;
  try {
    let position = fstatSync(fd).size;
    let rest = Buffer.alloc(0);
    while (position > 0) {
      const length = Math.min(BLOCK_BYTES, position);
      position -= length;
      const block = Buffer.alloc(length);
      readSync(fd, block, 0, length, position);
      rest = Buffer.concat([block, rest]);
      // The first line of what we hold may begin in the block before.
      const firstBreak = position === 0 ? -1 : rest.indexOf(0x0a);
      if (position > 0 && firstBreak === -1) continue;
      const lines = rest
        .subarray(firstBreak + 1)
        .toString('utf8')
        .split('\n');
      rest = rest.subarray(0, firstBreak + 1);
      for (const line of lines.toReversed()) if (line !== '') yield line;
    }
  } finally {
    closeSync(fd);
  }
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
