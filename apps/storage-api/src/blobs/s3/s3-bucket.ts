import type { IncomingHttpHeaders } from 'node:http';
import { failures } from '../../errors.ts';
import type { BlobStat, ByteRange, OpenBlob } from '../blob-store.port.ts';
import { type ReplayableBody, S3Client } from './s3-client.ts';
import type { S3StoreSettings } from './settings.ts';
import { answerFailure, StoreFailure } from './store-failure.ts';
import { openAnswer } from './read-body.ts';
import { elementsOf, textOf } from './xml-fields.ts';

/** Larger objects cannot be copied in one request. */
const MAX_COPY_BYTES = 5 * 1024 ** 3;
const COPY_PART_BYTES = 512 * 1024 ** 2;
/** A copy inside the store says nothing until it is done. */
const COPY_TIMEOUT_MS = 300_000;
const LIST_LIMIT = 1000;

export interface ListedKey extends BlobStat {
  readonly key: string;
}

export interface ListedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: Date;
}

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

/** What we ask of a bucket, and how its answers are checked. All methods @throws StoreFailure. */
export class S3Bucket {
  readonly client: S3Client;
  /** Whether entity tags of this bucket are MD5 digests; unknown until the first check. With some encryption they are not. */
  #etagsAreMd5: boolean | undefined;

  constructor(settings: S3StoreSettings) {
    this.client = new S3Client(settings);
  }

  /** Writes an object. The store checks the digest, and so do we with what it says it has stored. */
  async put(key: string, body: ReplayableBody, md5: Buffer, options: { attempts?: number; timeoutMs?: number } = {}): Promise<void> {
    const headers = { 'content-md5': md5.toString('base64'), 'content-type': 'application/octet-stream' };
    const answer = await this.client.sendForText({ ...options, method: 'PUT', key, headers, body });
    this.#requireEtag(answer.headers, md5);
  }

  /** Writes, and learns from the answer whether entity tags can be compared. */
  async probe(key: string, body: Buffer, md5: Buffer, options: { attempts: number; timeoutMs: number }): Promise<void> {
    const headers = { 'content-md5': md5.toString('base64'), 'content-type': 'application/octet-stream' };
    const answer = await this.client.sendForText({ ...options, method: 'PUT', key, headers, body });
    this.#etagsAreMd5 = etagOf(answer.headers) === md5.toString('hex');
  }

  /** Null when there is no such object. */
  async open(key: string, range: ByteRange | undefined): Promise<OpenBlob | null> {
    return openAnswer(this.client, key, range);
  }

  async head(key: string): Promise<BlobStat | null> {
    const answer = await this.client.send({ method: 'HEAD', key, expected: [404] });
    answer.body.resume();
    if (answer.status === 404) return null;
    return { sizeBytes: Number(answer.headers['content-length'] ?? 0), modifiedAt: new Date(answer.headers['last-modified'] ?? 0) };
  }

  async remove(key: string): Promise<void> {
    const answer = await this.client.send({ method: 'DELETE', key, expected: [404] });
    answer.body.resume();
  }

  /** Copies inside the store. @throws ProtocolError NoSuchKey */
  async copy(from: string, to: string): Promise<void> {
    const source = await this.head(from);
    if (source === null) throw failures.noSuchKey();
    if (source.sizeBytes > MAX_COPY_BYTES) return this.#copyInParts(from, to, source.sizeBytes);
    const headers = { 'x-amz-copy-source': this.client.copySource(from) };
    const { text } = await this.client.sendForText({ method: 'PUT', key: to, headers, timeoutMs: COPY_TIMEOUT_MS });
    requireNoError(text);
  }

  async createUpload(key: string): Promise<string> {
    const headers = { 'content-type': 'application/octet-stream' };
    const { text } = await this.client.sendForText({ method: 'POST', key, query: [['uploads', '']], headers });
    const uploadId = textOf(text, 'UploadId');
    if (uploadId === null) throw new StoreFailure('the store began an upload without an id', { status: 200, code: 'NoUploadId' });
    return uploadId;
  }

  async uploadPart(key: string, uploadId: string, number: number, part: { body: ReplayableBody; md5: Buffer }): Promise<UploadedPart> {
    const query = partQuery(number, uploadId);
    const headers = { 'content-md5': part.md5.toString('base64') };
    const answer = await this.client.sendForText({ method: 'PUT', key, query, headers, body: part.body });
    this.#requireEtag(answer.headers, part.md5);
    return { number, etag: answer.headers.etag ?? '' };
  }

  /**
   * Makes the parts the object. When the answer was lost and the store no longer knows the upload, an object of the right
   * size in its place says that it worked.
   */
  async completeUpload(key: string, uploadId: string, parts: readonly UploadedPart[], sizeBytes: number): Promise<void> {
    const listed = parts.map(({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`).join('');
    const body = Buffer.from(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed}</CompleteMultipartUpload>`,
    );
    const call = { method: 'POST', key, query: [['uploadId', uploadId]], body, timeoutMs: COPY_TIMEOUT_MS } as const;
    const headers = { 'content-type': 'application/xml' };
    try {
      requireNoError((await this.client.sendForText({ ...call, headers })).text);
    } catch (error) {
      const isForgotten = error instanceof StoreFailure && error.code === 'NoSuchUpload';
      if (!isForgotten || (await this.head(key))?.sizeBytes !== sizeBytes) throw error;
    }
  }

  async abortUpload(key: string, uploadId: string): Promise<void> {
    const answer = await this.client.send({ method: 'DELETE', key, query: [['uploadId', uploadId]], expected: [404] });
    answer.body.resume();
  }

  /** Keys with the prefix, after the given one, in order. */
  async list(prefix: string, after: string | null): Promise<{ keys: readonly ListedKey[]; isTruncated: boolean }> {
    const query: [string, string][] = [
      ['list-type', '2'],
      ['max-keys', String(LIST_LIMIT)],
      ['prefix', prefix],
    ];
    if (after !== null) query.push(['start-after', after]);
    const { text } = await this.client.sendForText({ method: 'GET', key: '', query });
    const keys = elementsOf(text, 'Contents').map((entry) => ({
      key: textOf(entry, 'Key') ?? '',
      sizeBytes: Number(textOf(entry, 'Size') ?? 0),
      modifiedAt: new Date(textOf(entry, 'LastModified') ?? 0),
    }));
    return { keys, isTruncated: textOf(text, 'IsTruncated') === 'true' && keys.length > 0 };
  }

  /** Unfinished uploads of keys with the prefix. */
  async listUploads(prefix: string): Promise<readonly ListedUpload[]> {
    const found: ListedUpload[] = [];
    for (let marker: readonly [string, string] | null = null; ;) {
      const query: [string, string][] = [
        ['uploads', ''],
        ['prefix', prefix],
      ];
      if (marker !== null) query.push(['key-marker', marker[0]], ['upload-id-marker', marker[1]]);
      const { text } = await this.client.sendForText({ method: 'GET', key: '', query });
      for (const upload of elementsOf(text, 'Upload')) {
        found.push({
          key: textOf(upload, 'Key') ?? '',
          uploadId: textOf(upload, 'UploadId') ?? '',
          initiatedAt: new Date(textOf(upload, 'Initiated') ?? 0),
        });
      }
      const next: readonly [string, string] = [textOf(text, 'NextKeyMarker') ?? '', textOf(text, 'NextUploadIdMarker') ?? ''];
      if (textOf(text, 'IsTruncated') !== 'true' || next[0] === '' || (next[0] === marker?.[0] && next[1] === marker[1])) return found;
      marker = next;
    }
  }

  async #copyInParts(from: string, to: string, sizeBytes: number): Promise<void> {
    const uploadId = await this.createUpload(to);
    try {
      const parts: UploadedPart[] = [];
      for (let start = 0; start < sizeBytes; start += COPY_PART_BYTES) {
        const end = Math.min(start + COPY_PART_BYTES, sizeBytes) - 1;
        const number = parts.length + 1;
        const headers = { 'x-amz-copy-source': this.client.copySource(from), 'x-amz-copy-source-range': `bytes=${start}-${end}` };
        const query = partQuery(number, uploadId);
        const { text } = await this.client.sendForText({ method: 'PUT', key: to, query, headers, timeoutMs: COPY_TIMEOUT_MS });
        requireNoError(text);
        parts.push({ number, etag: textOf(text, 'ETag') ?? '' });
      }
      await this.completeUpload(to, uploadId, parts, sizeBytes);
    } catch (error) {
      await this.abortUpload(to, uploadId).catch(() => {});
      throw error;
    }
  }

  #requireEtag(headers: IncomingHttpHeaders, md5: Buffer): void {
    if (this.#etagsAreMd5 !== true || etagOf(headers) === md5.toString('hex')) return;
    // An encryption that was switched on since shows in the next probe; until then nothing is taken on trust.
    throw new StoreFailure('the store acknowledged other bytes than were sent', { status: 200, code: 'WrongDigest' });
  }
}

function etagOf(headers: IncomingHttpHeaders): string {
  return (headers.etag ?? '').replaceAll('"', '').toLowerCase();
}

function partQuery(number: number, uploadId: string): readonly (readonly [string, string])[] {
  return [
    ['partNumber', String(number)],
    ['uploadId', uploadId],
  ];
}

/** Slow requests are answered with 200 before their outcome is known. */
function requireNoError(text: string): void {
  const code = textOf(text, 'Code');
  if (code !== null && /<(?:\w+:)?Error[\s>]/.test(text)) throw answerFailure(code === 'SlowDown' ? 503 : 500, text);
}
