import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import type { BlobStore, StagedBlob } from '../blobs/blob-store.port.ts';
import { createVersionId } from '../blobs/version-id.ts';
import { failures } from '../errors.ts';
import type { Database } from '../metadata/database.ts';
import { holdInstance } from '../metadata/object-queries.ts';
import { step } from '../metadata/step.ts';
import { withdraw } from '../objects/upload-object.ts';
import type { StageRequest, UploadSpace, UploadWriter } from './upload-space.port.ts';

interface PartRow {
  /** bigint as text, like the one below. */
  readonly offset_bytes: string;
  readonly size_bytes: string;
  readonly version: string;
}

const SQL = {
  put: { name: 'resumable_part_put', text: 'select storage.put_resumable_part($1, $2, $3, $4)' },
  list: {
    name: 'resumable_part_list',
    text: 'select offset_bytes, size_bytes, version from storage.resumable_parts where upload = $1 order by offset_bytes',
  },
  remove: { name: 'resumable_part_remove', text: 'delete from storage.resumable_parts where upload = $1' },
};

interface Deps {
  readonly database: Database;
  readonly blobs: BlobStore;
}

/**
 * Bytes of unfinished uploads as versions of the byte store, one for each stretch that was synced, with a row that says where
 * it belongs. Needs nothing but the database and the store, so requests of one upload may go to any server.
 */
export class UploadParts implements UploadSpace {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async create(): Promise<void> {
    // An upload without a part takes no bytes.
  }

  async openWriter(upload: string, offsetBytes: number): Promise<UploadWriter> {
    return new PartWriter(this.#deps, upload, offsetBytes);
  }

  async stage({ upload, version, lengthBytes }: StageRequest): Promise<StagedBlob> {
    const parts = step<PartRow>(SQL.list, [upload]);
    await this.#deps.database.read(parts);
    const bytes = joinParts(this.#deps.blobs, parts.rows, lengthBytes);
    return this.#deps.blobs.stage(version, bytes, { maxBytes: lengthBytes, md5: 'small' });
  }

  async remove(upload: string): Promise<void> {
    await this.#deps.database.transact({ steps: [step(SQL.remove, [upload])] });
  }

  async listUntouchedSince(): Promise<readonly string[]> {
    // Parts go with the row of their upload.
    return [];
  }
}

/** The bytes in order: where a later part begins inside an earlier one, the later one counts. @throws StoreError for a gap */
async function* joinParts(blobs: BlobStore, rows: readonly PartRow[], lengthBytes: number): AsyncGenerator<Buffer> {
  let position = 0;
  for (const [index, row] of rows.entries()) {
    const following = rows[index + 1];
    const ownEnd = position + Number(row.size_bytes);
    const end = Math.min(lengthBytes, following === undefined ? ownEnd : Math.min(ownEnd, Number(following.offset_bytes)));
    if (Number(row.offset_bytes) !== position) break;
    if (end > position) yield* readPart(blobs, row, end - position);
    position = end;
  }
  if (position !== lengthBytes) throw failures.blobStore(new Error(`an upload has bytes up to ${position} of ${lengthBytes}`));
}

async function* readPart(blobs: BlobStore, { version, size_bytes: sizeBytes }: PartRow, lengthBytes: number): AsyncGenerator<Buffer> {
  const range = lengthBytes < Number(sizeBytes) ? { start: 0, end: lengthBytes - 1 } : undefined;
  const blob = await blobs.open(version, { range });
  if (blob === null) throw failures.blobStore(new Error(`part ${version} of an upload is missing`));
  const body = await blob.body(range);
  if (Buffer.isBuffer(body)) yield body;
  else yield* body as AsyncIterable<Buffer>;
}

/** What is under way since the last sync. */
interface OpenPart {
  readonly version: string;
  readonly startBytes: number;
  readonly sink: PassThrough;
  readonly staging: Promise<StagedBlob>;
}

class PartWriter implements UploadWriter {
  readonly #deps: Deps;
  readonly #upload: string;
  #position: number;
  #part: OpenPart | null = null;

  constructor(deps: Deps, upload: string, offsetBytes: number) {
    this.#deps = deps;
    this.#upload = upload;
    this.#position = offsetBytes;
  }

  get positionBytes(): number {
    return this.#position;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (chunk.length === 0) return;
    const { sink, staging } = (this.#part ??= this.#begin());
    // The chunk is the caller's only until this resolves.
    const isFlowing = sink.write(Buffer.from(chunk));
    this.#position += chunk.length;
    // A staging that ends early has failed.
    if (!isFlowing) await Promise.race([once(sink, 'drain'), staging]);
  }

  async sync(): Promise<void> {
    const part = this.#part;
    if (part === null) return;
    const { version, startBytes, sink, staging } = part;
    sink.end();
    const staged = await staging.finally(() => {
      this.#part = null;
    });
    const { database, blobs } = this.#deps;
    const instanceId = await staged.publish();
    try {
      const put = step(SQL.put, [this.#upload, startBytes, staged.facts.sizeBytes, version]);
      await database.transact({ before: [holdInstance(instanceId)], steps: [put] });
    } catch (error) {
      await withdraw({ blobs }, version, error);
      throw error;
    }
    blobs.settle(version);
  }

  async close(): Promise<void> {
    const part = this.#part;
    if (part === null) return;
    this.#part = null;
    part.sink.destroy(failures.aborted());
    await part.staging.then((staged) => staged.discard()).catch(() => {});
  }

  #begin(): OpenPart {
    const version = createVersionId();
    const sink = new PassThrough({ highWaterMark: 1024 * 1024 });
    const staging = this.#deps.blobs.stage(version, sink, { maxBytes: Number.MAX_SAFE_INTEGER, md5: 'small' });
    // Whoever writes or syncs next hears of a failure; nobody may write any more.
    staging.catch(() => {});
    sink.on('error', () => {});
    return { version, startBytes: this.#position, sink, staging };
  }
}
