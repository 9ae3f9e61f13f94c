import type { BlobStore, OpenBlob } from './blob-store.port.ts';
import type { DamageSink } from './verified-body.ts';

/** Larger bodies gain little: what they cost is their bytes. */
const MAX_BLOB_BYTES = 64 * 1024;
/** Then the disk is asked again, so that readers notice when it has lost or changed something. */
const MAX_AGE_MS = 5000;

interface ReadCache {
  /** The store, with small versions read from memory. */
  readonly store: BlobStore;
  /** The sink, with a version that it hears of read anew the next time. */
  watch(sink: DamageSink): DamageSink;
}

/**
 * Keeps the bytes of small versions that are read in memory, those read last, up to `maxBytes`. A version never changes, so what is kept cannot
 * be stale: who asks for a version has found it in a row just now.
 */
export function withReadCache(store: BlobStore, maxBytes: number, now: () => number = () => performance.now()): ReadCache {
  const kept = new KeptBlobs(maxBytes, now);
  const open: BlobStore['open'] = async (version, options) => {
    const bytes = kept.get(version);
    if (bytes !== undefined) return fromMemory(bytes);
    const blob = await store.open(version, options);
    if (blob === null || blob.sizeBytes > MAX_BLOB_BYTES) return blob;
    return keeping(blob, (body) => kept.put(version, body));
  };
  return {
    store: {
      open,
      stage: (version, source, options) => store.stage(version, source, options),
      copy: (from, to) => store.copy(from, to),
      settle: (version) => store.settle(version),
      abandon: (version) => store.abandon(version),
      doubt: (version, backend) => store.doubt(version, backend),
      stat: (version) => store.stat(version),
      list: (cursor) => store.list(cursor),
      remove: (version) => store.remove(version),
      check: () => store.check(),
    },
    watch: (sink) => ({
      suspect(version) {
        kept.drop(version);
        sink.suspect(version);
      },
    }),
  };
}

function fromMemory(bytes: Buffer): OpenBlob {
  return {
    sizeBytes: bytes.length,
    body: async (range) => (range === undefined ? bytes : bytes.subarray(range.start, range.end + 1)),
    close: async () => {},
  };
}

/** Keeps what is read, when it is read whole and at once. */
function keeping(blob: OpenBlob, keep: (body: Buffer) => void): OpenBlob {
  return {
    sizeBytes: blob.sizeBytes,
    async body(range) {
      const body = await blob.body(range);
      if (range === undefined && Buffer.isBuffer(body)) keep(body);
      return body;
    },
    close: () => blob.close(),
  };
}

interface Kept {
  readonly bytes: Buffer;
  readonly sinceMs: number;
}

class KeptBlobs {
  readonly #maxBytes: number;
  /** Those used last at the end. */
  readonly #blobs = new Map<string, Kept>();
  readonly #now: () => number;
  #sizeBytes = 0;

  constructor(maxBytes: number, now: () => number) {
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  get(version: string): Buffer | undefined {
    const kept = this.#blobs.get(version);
    if (kept === undefined || this.#now() - kept.sinceMs > MAX_AGE_MS) return undefined;
    this.#blobs.delete(version);
    this.#blobs.set(version, kept);
    return kept.bytes;
  }

  put(version: string, body: Buffer): void {
    this.drop(version);
    // A copy of its own: a small buffer may be a piece of a larger one, which it would keep alive.
    const bytes = Buffer.allocUnsafeSlow(body.length);
    body.copy(bytes);
    this.#blobs.set(version, { bytes, sinceMs: this.#now() });
    this.#sizeBytes += bytes.length;
    for (const oldest of this.#blobs.keys()) {
      if (this.#sizeBytes <= this.#maxBytes) return;
      this.drop(oldest);
    }
  }

  drop(version: string): void {
    this.#sizeBytes -= this.#blobs.get(version)?.bytes.length ?? 0;
    this.#blobs.delete(version);
  }
}
