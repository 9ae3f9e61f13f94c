import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ByteRange, OpenBlob } from '../blob-store.port.ts';
import type { S3Answer, S3Client } from './s3-client.ts';
import { connectionFailure, StoreFailure, translateStoreFailure } from './store-failure.ts';

/** Bodies up to this size are read in one go. */
const SMALL_BODY_BYTES = 64 * 1024;
/** A body that breaks off is continued from where it ended, this often without progress. */
const RESUMPTIONS = 3;

interface Opened {
  readonly answer: S3Answer;
  readonly range: ByteRange | undefined;
  readonly sizeBytes: number;
  /** The same bytes as long as it is the same. */
  readonly etag: string | undefined;
}

/** Asks for an object, or a part of it, at once: the answer says what there is. Null when there is no such object. */
export async function openAnswer(client: S3Client, key: string, range: ByteRange | undefined): Promise<OpenBlob | null> {
  const opened = await request(client, key, range);
  if (opened === null) return null;
  const { sizeBytes } = opened;
  return {
    sizeBytes,
    async body(wanted) {
      const [start, end] = [wanted?.start ?? 0, wanted?.end ?? sizeBytes - 1];
      const length = end - start + 1;
      if (length <= 0) {
        opened.answer.body.destroy();
        return Buffer.alloc(0);
      }
      const isAsked = isSame(opened.range, wanted, sizeBytes);
      if (!isAsked) opened.answer.body.destroy();
      const chunks = readChunks(client, key, { start, end }, isAsked ? opened : { ...opened, answer: null });
      if (length > SMALL_BODY_BYTES) return Readable.from(chunks, { objectMode: false, highWaterMark: SMALL_BODY_BYTES });
      const parts: Buffer[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      return Buffer.concat(parts);
    },
    close: async () => {
      opened.answer.body.destroy();
    },
  };
}

function isSame(asked: ByteRange | undefined, wanted: ByteRange | undefined, sizeBytes: number): boolean {
  const full = { start: 0, end: sizeBytes - 1 };
  const [a, b] = [asked ?? full, wanted ?? full];
  return a.start === b.start && a.end === b.end;
}

async function request(client: S3Client, key: string, range: ByteRange | undefined, etag?: string): Promise<Opened | null> {
  const headers = {
    ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` }),
    ...(etag === undefined ? {} : { 'if-match': etag }),
  };
  const answer = await client.send({ method: 'GET', key, headers, expected: [404, 416] });
  if (answer.status === 404) {
    answer.body.resume();
    return null;
  }
  const total = totalOf(answer);
  // A range behind the end says nothing of the size on some stores; the whole object does.
  if (answer.status === 416 || total === null) {
    answer.body.destroy();
    return request(client, key, undefined);
  }
  const isPart = answer.status === 206;
  return { answer, range: isPart ? range : undefined, sizeBytes: total, etag: answer.headers.etag };
}

function totalOf({ status, headers }: S3Answer): number | null {
  if (status !== 206) return headers['content-length'] === undefined ? null : Number(headers['content-length']);
  const match = /\/(\d+)$/.exec(headers['content-range'] ?? '');
  return match === null ? null : Number(match[1]);
}

/** All bytes of the range, however often the store breaks off. */
async function* readChunks(
  client: S3Client,
  key: string,
  range: ByteRange,
  { answer, etag }: { readonly answer: S3Answer | null; readonly etag: string | undefined },
): AsyncGenerator<Buffer> {
  let position = range.start;
  let body = answer?.body ?? null;
  for (let failed = 0; position <= range.end;) {
    try {
      body ??= await reopen(client, key, { start: position, end: range.end }, etag);
      for await (const chunk of timed(body, client.timeoutMs)) {
        // More than was asked for is not passed on.
        const kept = chunk.subarray(0, range.end - position + 1);
        position += kept.length;
        failed = 0;
        if (kept.length > 0) yield kept;
      }
      if (position > range.end) return;
      throw new StoreFailure('the store sent fewer bytes than it had announced', { status: 0, code: 'Truncated' });
    } catch (error) {
      const failure = connectionFailure(error);
      failed += 1;
      if (failed > RESUMPTIONS || !failure.isTransient) throw translateStoreFailure(failure);
    } finally {
      body?.destroy();
    }
    body = null;
  }
}

async function reopen(client: S3Client, key: string, range: ByteRange, etag: string | undefined): Promise<IncomingMessage> {
  const opened = await request(client, key, range, etag);
  if (opened === null) throw new StoreFailure('the object went away while it was read', { status: 404, code: 'NoSuchKey' });
  if (opened.range === undefined && range.start > 0) {
    opened.answer.body.destroy();
    throw new StoreFailure('the store ignores ranges', { status: 200, code: 'NoRanges' });
  }
  return opened.answer.body;
}

/** Chunks, with an end to waiting for the next one. Waiting for our reader is not counted. */
async function* timed(body: IncomingMessage, timeoutMs: number): AsyncGenerator<Buffer> {
  const iterator = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const timer = setTimeout(() => {
      body.destroy(new StoreFailure('the store stopped sending', { status: 0, code: 'ETIMEDOUT' }));
    }, timeoutMs);
    const next = await iterator.next().finally(() => clearTimeout(timer));
    if (next.done === true) return;
    yield next.value;
  }
}
