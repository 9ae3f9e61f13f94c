import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { WrittenFile } from './file-sink.ts';

/** Reads a whole file. @throws system errors; the reason of the signal */
export async function hashFile(path: string, signal: AbortSignal): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 256 * 1024 })) {
    const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
