import { createHash, type Hash } from 'node:crypto';
import type { BodyDigest } from '../blobs/body-digest.ts';
import { createVersionId } from '../blobs/version-id.ts';
import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import type { Scope } from '../metadata/scope.ts';
import { completeUpload, probeUpload, type UploadHead, type UploadTarget, type UploadTicket } from '../objects/upload-object.ts';
import { DigestMemory } from './upload-digest.ts';
import { uploadFailures } from './upload-failures.ts';
import { parseUploadId } from './upload-id.ts';
import {
  advanceUpload,
  completeUploadRow,
  declareUploadLength,
  findUpload,
  insertUpload,
  removeUpload,
  toRecord,
} from './upload-queries.ts';
import { acknowledgeable, type UploadRecord } from './upload-record.ts';
import type { UploadSpace, UploadWriter } from './upload-space.port.ts';

/** A server that is killed in the middle of a request loses at most this much of it. */
const CHECKPOINT_BYTES = 32 * 1024 * 1024;

export const CHECKSUM_ALGORITHMS = ['sha1', 'sha256', 'sha512', 'md5'] as const;

/** What the client says the bytes of one request must hash to. */
export interface PartChecksum {
  readonly algorithm: (typeof CHECKSUM_ALGORITHMS)[number];
  readonly digest: Buffer;
}

/** On whose behalf a request continues an upload. */
export interface UploadActor {
  /** Absent when a signed link grants the upload. */
  readonly scope: Scope | undefined;
  readonly operation: string;
}

export interface PartRequest {
  readonly actor: UploadActor;
  readonly offsetBytes: number;
  readonly checksum?: PartChecksum | undefined;
  /** Whether this server may still write; false once its lock was lost. */
  readonly mayWrite: () => boolean;
}

export interface NewUpload {
  readonly ticket: UploadTicket;
  readonly head: UploadHead;
  readonly metadataHeader: string;
  readonly lengthBytes: number | null;
}

type Deps = Pick<StorageDeps, 'database' | 'inserts' | 'blobs' | 'maxUploadBytes' | 'metrics'>;

/**
 * Uploads in parts. What a client was told is stored is synced, and its offset committed; the object appears whole, in the
 * transaction that also closes the upload. Callers hold the upload's lock, except for creating and finding.
 */
export class ResumableUploads {
  readonly #deps: Deps;
  readonly #space: UploadSpace;
  readonly #digests = new DigestMemory();

  constructor(deps: Deps, space: UploadSpace) {
    this.#deps = deps;
    this.#space = space;
  }

  /** Asks limits and policies before anything is stored. The ticket's version names the upload. */
  authorize(target: UploadTarget, head: UploadHead): Promise<UploadTicket> {
    return probeUpload(this.#deps, target, head);
  }

  async create({ ticket, head, metadataHeader, lengthBytes }: NewUpload): Promise<UploadRecord> {
    const { target, version, maxBytes } = ticket;
    const upload: UploadRecord = {
      version,
      bucket: target.bucket,
      key: target.key,
      role: target.scope?.role ?? null,
      subject: target.subject,
      upsert: target.upsert,
      metadataHeader,
      mimeType: head.mimeType,
      cacheControl: head.cacheControl,
      userMetadata: head.userMetadata,
      lengthBytes,
      offsetBytes: 0,
      maxBytes,
      createdAt: new Date(),
      completedAt: null,
    };
    // Row first: bytes without a row would be taken for garbage.
    await this.#deps.database.transact({ steps: [insertUpload(upload)] });
    try {
      await this.#space.create(version);
    } catch (error) {
      await this.terminate(version).catch(() => {});
      throw error;
    }
    return upload;
  }

  /** The upload behind the id in its URL. @throws ProtocolError NoSuchUpload */
  async get(id: string): Promise<UploadRecord> {
    const wanted = parseUploadId(id);
    const record = wanted && (await this.#find(wanted.version));
    if (!wanted || !record || record.bucket !== wanted.bucket || record.key !== wanted.key) throw uploadFailures.notFound();
    return record;
  }

  async #find(version: string): Promise<UploadRecord | null> {
    const row = findUpload(version);
    await this.#deps.database.read(row);
    return row.rows[0] === undefined ? null : toRecord(row.rows[0]);
  }

  async declareLength(version: string, lengthBytes: number): Promise<void> {
    const declared = declareUploadLength(version, lengthBytes);
    await this.#deps.database.transact({ steps: [declared] });
    if (declared.rowCount === 0) throw uploadFailures.gone();
  }

  /**
   * Appends what `source` yields, also when it ends early or fails, and completes the upload when that was the rest.
   * Returns the acknowledged offset.
   * @throws ProtocolError when the object may not be written (the last byte can then be sent again), or the disk fails
   */
  async append(upload: UploadRecord, source: AsyncIterable<Uint8Array>, request: PartRequest): Promise<number> {
    if (upload.completedAt !== null) return upload.offsetBytes;
    const writer = await this.#space.openWriter(upload.version, request.offsetBytes);
    if (writer === null) throw uploadFailures.gone();
    const part = new Part(upload, writer, this.#digests.take(upload.version, request.offsetBytes), request);
    let failure: unknown;
    try {
      await part.receive(source, (fromBytes, toBytes) => this.#advance(upload.version, fromBytes, toBytes));
    } catch (error) {
      failure = error ?? failures.aborted();
    }
    try {
      return await this.#settle(upload, part, failure);
    } finally {
      await writer.close();
    }
  }

  async #settle(upload: UploadRecord, part: Part, failure: unknown): Promise<number> {
    const { version, lengthBytes } = upload;
    if (failure !== undefined && !part.countsInPart) throw failure;
    const received = part.receivedBytes;
    if (received > part.startBytes) await part.sync();
    const acknowledged = acknowledgeable(received, lengthBytes);
    if (failure === undefined && received === lengthBytes) {
      try {
        await this.#complete(upload, lengthBytes, part);
        return lengthBytes;
      } catch (error) {
        await this.#advance(version, part.acknowledgedBytes, acknowledged).catch(() => {});
        throw error;
      }
    }
    await this.#advance(version, part.acknowledgedBytes, acknowledged);
    if (part.digest?.bytes === acknowledged) this.#digests.put(version, part.digest);
    if (failure !== undefined) throw failure;
    return acknowledged;
  }

  /** Ends an upload and frees its bytes. */
  async terminate(version: string): Promise<void> {
    this.#digests.forget(version);
    await this.#deps.database.transact({ steps: [removeUpload(version)] });
    await this.#space.remove(version);
  }

  /** An object without bytes has no part that could complete it. */
  async completeEmpty(upload: UploadRecord, actor: UploadActor): Promise<void> {
    await this.append(upload, nothing(), { actor, offsetBytes: 0, mayWrite: () => true });
  }

  async #complete(upload: UploadRecord, lengthBytes: number, part: Part): Promise<void> {
    const { metrics } = this.#deps;
    // A version of its own: if the outcome of an earlier attempt is unknown, its bytes are swept without touching ours.
    const version = createVersionId();
    const staged = await this.#space.stage({ upload: upload.version, version, lengthBytes, digest: part.digest });
    const target = {
      bucket: upload.bucket,
      key: upload.key,
      upsert: upload.upsert,
      subject: upload.subject,
      ...part.actor,
    };
    const { mimeType, cacheControl, userMetadata, maxBytes } = upload;
    const alongside = [completeUploadRow(upload.version, lengthBytes)];
    await completeUpload(this.#deps, { target, version, maxBytes, alongside }, { mimeType, cacheControl, userMetadata }, staged);
    metrics.uploadedBytes.inc(lengthBytes);
    this.#digests.forget(upload.version);
    // The object is durable; whatever goes wrong here is garbage, and collected.
    await this.#space.remove(upload.version).catch(() => {});
  }

  async #advance(version: string, fromBytes: number, toBytes: number): Promise<void> {
    if (fromBytes === toBytes) return;
    const advanced = advanceUpload(version, fromBytes, toBytes);
    await this.#deps.database.transact({ steps: [advanced] });
    if (advanced.rowCount === 0) throw uploadFailures.gone();
  }
}

type Advance = (fromBytes: number, toBytes: number) => Promise<void>;

/** One request's share of an upload. */
class Part {
  readonly startBytes: number;
  readonly actor: UploadActor;
  readonly #upload: UploadRecord;
  readonly #writer: UploadWriter;
  readonly #checksum: PartChecksum | undefined;
  readonly #mayWrite: () => boolean;
  readonly #digest: BodyDigest | undefined;
  #acknowledged: number;

  constructor(upload: UploadRecord, writer: UploadWriter, digest: BodyDigest | undefined, request: PartRequest) {
    this.startBytes = request.offsetBytes;
    this.actor = request.actor;
    this.#upload = upload;
    this.#writer = writer;
    this.#checksum = request.checksum;
    this.#mayWrite = request.mayWrite;
    this.#digest = digest;
    this.#acknowledged = acknowledgeable(request.offsetBytes, upload.lengthBytes);
  }

  /** Bytes of the upload that are there now. */
  get receivedBytes(): number {
    return this.#writer.positionBytes;
  }

  get acknowledgedBytes(): number {
    return this.#acknowledged;
  }

  /** Digest of all received bytes; undefined when the first of them came in elsewhere. */
  get digest(): BodyDigest | undefined {
    return this.#digest?.bytes === this.receivedBytes ? this.#digest : undefined;
  }

  /** What arrived before a failure counts, unless a checksum covers the whole part or someone else may be writing now. */
  get countsInPart(): boolean {
    return this.#checksum === undefined && this.#mayWrite();
  }

  async receive(source: AsyncIterable<Uint8Array>, advance: Advance): Promise<void> {
    const check = this.#checksum && createHash(this.#checksum.algorithm);
    for await (const chunk of source) {
      if (!this.#mayWrite()) throw failures.locked();
      await this.#writer.write(chunk);
      this.#digest?.update(chunk);
      check?.update(chunk);
      if (check === undefined && this.receivedBytes - this.#acknowledged >= CHECKPOINT_BYTES) await this.#checkpoint(advance);
    }
    if (!this.#mayWrite()) throw failures.locked();
    if (check !== undefined) this.#verify(check);
  }

  async sync(): Promise<void> {
    await this.#writer.sync();
  }

  async #checkpoint(advance: Advance): Promise<void> {
    const acknowledged = acknowledgeable(this.receivedBytes, this.#upload.lengthBytes);
    await this.sync();
    await advance(this.#acknowledged, acknowledged);
    this.#acknowledged = acknowledged;
  }

  #verify(check: Hash): void {
    if (this.#checksum !== undefined && !check.digest().equals(this.#checksum.digest)) throw uploadFailures.checksumMismatch();
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
