import type { IncomingMessage } from 'node:http';
import { releaseChunk } from '../blobs/release-chunk.ts';

const MAX_DRAIN_MS = 10_000;

/**
 * For answers that are sent before the body has arrived: a client that still sends must get to read them, so what it sends
 * is read and dropped; but not for ever.
 */
export function limitDrain(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, MAX_DRAIN_MS);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
  request.unpipe();
  // First in line, so that whoever gets the same chunk is still counted: they may hold on to it.
  request.prependListener('data', (chunk: Buffer) => {
    if (request.listenerCount('data') === 1 && request.listenerCount('readable') === 0) releaseChunk(chunk);
  });
  request.resume();
}
