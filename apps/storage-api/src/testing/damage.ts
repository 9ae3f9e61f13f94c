import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Flips one bit of a file in place; the size and the times that matter to nobody stay as they are. */
export async function flipBit(path: string, at = 0): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    buffer.writeUInt8(buffer.readUInt8(0) ^ 0x10, 0);
    await file.write(buffer, 0, 1, at);
  } finally {
    await file.close();
  }
}

/** Path of a version's file in a file store. */
export function blobPath(storePath: string, version: string): string {
  return join(storePath, 'blobs', version.slice(-2), version);
}
