/**
 * Gives the memory of a chunk back at once instead of with the next collection, which knows little of what lies outside the heap: with many
 * bodies coming in, hundreds of megabytes would wait for it. The chunk is empty afterwards. Parts of a larger buffer stay as they are.
 */
export function releaseChunk({ buffer, byteOffset, byteLength }: Buffer): void {
  if (byteLength > 0 && byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
