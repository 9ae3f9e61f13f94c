import { Readable } from 'node:stream';
import { failures, ProtocolError } from '../../errors.ts';
import type { BlobStore, OpenBlob, StagedBlob } from '../blob-store.port.ts';
import type { ManagedStore } from '../managed-store.port.ts';
import type { UpstreamReader } from './upstream-reader.ts';

/**
 * The store, with versions that the original has stored read from where it has put them until they are imported. What is asked for lies
 * in our layout, else in the original's, else it was imported just now.
 */
export function readThrough(store: ManagedStore, upstream: UpstreamReader): ManagedStore {
  const copyFromUpstream = async (blob: OpenBlob, to: string): Promise<string> => {
    const staged = await stageFrom(store, blob, to, {});
    if (staged.facts.sizeBytes === blob.sizeBytes) return staged.publish();
    await staged.discard();
    throw failures.blobStore(new Error('the bytes changed while they were copied'));
  };
  return {
    get instanceId() {
      return store.instanceId;
    },
    open: async (version, options) =>
      (await store.open(version, options)) ?? (await upstream.open(version, options)) ?? (await store.open(version, options)),
    stat: async (version) => (await store.stat(version)) ?? (await upstream.stat(version)) ?? (await store.stat(version)),
    async copy(from, to) {
      const isTheirs = (await upstream.find(from)) !== null && (await store.stat(from)) === null;
      const blob = isTheirs ? await upstream.open(from) : null;
      return blob === null ? store.copy(from, to) : copyFromUpstream(blob, to);
    },
    async remove(version) {
      await store.remove(version);
      await upstream.remove(version);
    },
    async tidy() {
      await store.tidy();
      await upstream.tidy();
    },
    async stop() {
      await store.stop();
      await upstream.stop();
    },
    stage: (version, source, options) => store.stage(version, source, options),
    settle: (version) => store.settle(version),
    abandon: (version) => store.abandon(version),
    doubt: (version, backend) => store.doubt(version, backend),
    list: (cursor) => store.list(cursor),
    check: () => store.check(),
    doubts: () => store.doubts(),
    resolve: (version, isLive) => store.resolve(version, isLive),
    listInstances: () => store.listInstances(),
    listIntents: (instanceId) => store.listIntents(instanceId),
    removeUnsettled: (version) => store.removeUnsettled(version),
    forgetInstance: (instanceId) => store.forgetInstance(instanceId),
    adoptInstance: (instanceId) => store.adoptInstance(instanceId),
    quarantine: (version) => store.quarantine(version),
    restore: (version) => store.restore(version),
    purge: (version) => store.purge(version),
  };
}

interface StageFromOptions {
  /** Holds the reader back after `bytes` were read. */
  readonly pace?: (bytes: number) => Promise<void>;
  readonly isReferenced?: boolean;
}

/** Stages all that an open version holds; whatever happens, it is closed afterwards. */
export async function stageFrom(
  store: BlobStore,
  blob: OpenBlob,
  version: string,
  { pace, isReferenced = false }: StageFromOptions,
): Promise<StagedBlob> {
  const body = await blob.body();
  try {
    const source = Buffer.isBuffer(body) ? Readable.from([body]) : body;
    return await store.stage(version, read(source, pace), { maxBytes: blob.sizeBytes, isReferenced });
  } finally {
    if (!Buffer.isBuffer(body)) body.destroy();
  }
}

/** What fails here is the store that is read, not the one that is written. */
async function* read(source: AsyncIterable<Buffer>, pace: StageFromOptions['pace']): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await chunks.next().catch((error: unknown) => {
      throw error instanceof ProtocolError ? error : failures.blobStore(error);
    });
    if (done === true) return;
    yield value;
    await pace?.(value.length);
  }
}
