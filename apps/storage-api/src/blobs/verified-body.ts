import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { crc32 } from 'node:zlib';
import { failures } from '../errors.ts';
import type { ByteRange, OpenBlob } from './blob-store.port.ts';

/** What a row knows of its bytes. */
export interface ExpectedBytes {
  readonly version: string | null;
  /** As the database sends it; null for rows of older servers, whose bytes are passed on unseen. */
  readonly crc32: string | null;
}

/** Who looks closer at versions that seem damaged; must not throw. */
export interface DamageSink {
  suspect(version: string): void;
}

export interface BodyOptions {
  readonly expected: ExpectedBytes;
  readonly damage: DamageSink;
  readonly range?: ByteRange | undefined;
}

/**
 * The bytes of a version or, unchecked, a part of them. All bytes are checked on the way: a small body is checked before the first byte is given away; of a stream the last
 * chunk is held back until the checksum is known, so that nobody takes damaged bytes for the whole object.
 * @throws ProtocolError ObjectDamaged, as the stream's error when the body is a stream
 */
export async function verifiedBody(blob: OpenBlob, { expected, damage, range }: BodyOptions): Promise<Readable | Buffer> {
  const isWhole = range === undefined || (range.start === 0 && range.end === blob.sizeBytes - 1);
  const body = await blob.body(range);
  const { version, crc32: checksum } = expected;
  if (!isWhole || checksum === null || version === null) return body;
  if (!Buffer.isBuffer(body)) {
    const gate = new ChecksumGate(Number(checksum), () => damage.suspect(version));
    // The one who reads the gate hears of its error.
    return pipeline(body, gate, () => {});
  }
  if (crc32(body) === Number(checksum)) return body;
  damage.suspect(version);
  throw failures.damaged();
}

/** Passes chunks on one behind, and the last one only when the checksum of all is right. */
class ChecksumGate extends Transform {
  readonly #expected: number;
  readonly #onMismatch: () => void;
  #held: Buffer | undefined;
  #checksum = 0;

  constructor(expected: number, onMismatch: () => void) {
    super();
    this.#expected = expected;
    this.#onMismatch = onMismatch;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#checksum = crc32(chunk, this.#checksum);
    const before = this.#held;
    this.#held = chunk;
    done(null, before);
  }

  override _flush(done: TransformCallback): void {
    if (this.#checksum === this.#expected) return done(null, this.#held);
    this.#onMismatch();
    done(failures.damaged());
  }
}
