import type { Readable } from 'node:stream';
import { DataStore, Metadata, Upload } from '@tus/server';
import { failures } from '../../errors.ts';
import type { ResumableUploads } from '../../uploads/resumable-uploads.ts';
import { uploadFailures } from '../../uploads/upload-failures.ts';
import { acknowledgeable, type UploadRecord } from '../../uploads/upload-record.ts';
import { readRequestBody } from './request-body.ts';
import type { TusCall } from './tus-call.ts';

/** Shows our uploads to the TUS library, for the length of one request. */
export class TusStore extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'creation-defer-length', 'termination', 'expiration', 'checksum'];
  readonly #uploads: ResumableUploads;
  readonly #expirationMs: number;
  readonly #call: TusCall;

  constructor(uploads: ResumableUploads, expirationMs: number, call: TusCall) {
    super();
    this.#uploads = uploads;
    this.#expirationMs = expirationMs;
    this.#call = call;
  }

  override getExpiration(): number {
    return this.#expirationMs;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { creation, actor } = this.#call;
    if (creation === undefined) throw failures.internal(new Error('an upload was created that nobody authorised'));
    const record = await this.#uploads.create(creation);
    this.#call.record = record;
    upload.creation_date = record.createdAt.toISOString();
    if (record.lengthBytes === 0) await this.#uploads.completeEmpty(record, actor);
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const record = await this.#uploads.get(id);
    this.#call.record = record;
    return new Upload({
      id,
      offset: offsetOf(record),
      ...(record.lengthBytes === null ? {} : { size: record.lengthBytes }),
      metadata: Metadata.parse(record.metadataHeader),
      creation_date: record.createdAt.toISOString(),
    });
  }

  override async declareUploadLength(_id: string, lengthBytes: number): Promise<void> {
    const record = this.#record();
    await this.#uploads.declareLength(record.version, lengthBytes);
    this.#call.record = { ...record, lengthBytes };
  }

  override async write(unused: Readable, _id: string, offsetBytes: number): Promise<number> {
    unused.resume();
    const { request, actor, checksum, lock, signal } = this.#call;
    if (lock === undefined || signal === undefined) throw failures.internal(new Error('an upload was written without its lock'));
    const record = this.#record();
    // An empty upload was completed by its creation; what came along with it is as empty.
    if (this.#call.creation !== undefined && record.lengthBytes === 0) return offsetBytes;
    const maxBytes = (record.lengthBytes ?? record.maxBytes) - offsetBytes;
    const body = readRequestBody(request, { signal, maxBytes });
    return this.#uploads.append(record, body, { actor, checksum, offsetBytes, mayWrite: () => lock.isHeld });
  }

  override async remove(_id: string): Promise<void> {
    await this.#uploads.terminate(this.#record().version);
  }

  #record(): UploadRecord {
    if (this.#call.record === undefined) throw uploadFailures.notFound();
    return this.#call.record;
  }
}

/** While the object does not exist, its last byte is still wanted. */
function offsetOf({ completedAt, offsetBytes, lengthBytes }: UploadRecord): number {
  return completedAt === null ? acknowledgeable(offsetBytes, lengthBytes) : offsetBytes;
}
