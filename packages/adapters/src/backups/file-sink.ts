import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';

export interface WrittenFile {
  readonly bytes: number;
  /** Of what is in the file, lower-case hex. */
  readonly sha256: string;
}

/** A new file of mode 0600 that is hashed while it is written, and synced at the end. */
export interface FileSink {
  write(chunk: Buffer | string): Promise<void>;
  finish(): Promise<WrittenFile>;
  /** Closes it as it is; harmless after `finish`. */
  abandon(): Promise<void>;
}

/** @throws when there is such a file */
export function createFileSink(path: string, { compress }: { readonly compress: boolean }): FileSink {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const input = new PassThrough({ highWaterMark: 1024 * 1024 });
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true });
  const done = compress ? pipeline(input, createZstdCompress(), measure, file) : pipeline(input, measure, file);
  // Whoever writes or finishes next hears of a failure.
  done.catch(() => undefined);
  return {
    async write(chunk) {
      if (input.destroyed) return done;
      if (!input.write(chunk)) await once(input, 'drain');
    },
    async finish() {
      input.end();
      await done;
      return { bytes, sha256: hash.digest('hex') };
    },
    async abandon() {
      input.destroy();
      await done.catch(() => undefined);
    },
  };
}
