import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const BLOCK_BYTES = 1024 * 1024;

/** Writes `sizeBytes` of incompressible, position-dependent data; returns its SHA-256 in hex. */
export async function writeRandomFile(path: string, sizeBytes: number): Promise<string> {
  const block = randomBytes(BLOCK_BYTES);
  const digest = createHash('sha256');
  const file = await open(path, 'w');
  for (let written = 0; written < sizeBytes; written += BLOCK_BYTES) {
    block.writeBigUInt64LE(BigInt(written), 0);
    const piece = block.subarray(0, Math.min(BLOCK_BYTES, sizeBytes - written));
    digest.update(piece);
    await file.write(piece);
  }
  await file.close();
  return digest.digest('hex');
}

/** SHA-256 in hex of a file, streamed. */
export async function hashFile(path: string): Promise<string> {
  return hashStream(createReadStream(path));
}

/** SHA-256 in hex of anything that yields bytes. */
export async function hashStream(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of stream) digest.update(chunk);
  return digest.digest('hex');
}
