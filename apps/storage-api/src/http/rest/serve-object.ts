import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ByteRange, OpenBlob } from '../../blobs/blob-store.port.ts';
import { verifiedBody } from '../../blobs/verified-body.ts';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import type { ObjectRow } from '../../metadata/object-queries.ts';
import { refuseDamaged } from '../../objects/read-object.ts';
import { outgoingBody } from '../outgoing-body.ts';
import { mayBeDocument, SANDBOX } from '../document-safety.ts';
import { type Decision, decide } from './conditions.ts';

const DEFAULT_TYPE = 'application/octet-stream';

export interface ServeOptions {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Finds the row; asked again when its bytes went away in between. */
  readonly find: () => Promise<ObjectRow>;
  /** File name of `?download=`; empty for the object's own, undefined to show inline. */
  readonly download?: string | undefined;
  /** End of a signed link's life. */
  readonly expires?: Date;
}

/** Answers with an object's bytes, or its head. */
export async function serveObject(deps: StorageDeps, options: ServeOptions): Promise<FastifyReply> {
  const { request, reply } = options;
  const row = await options.find();
  const { sizeBytes, etag, lastModified } = describe(row);
  const decision = decide(request.headers, { etag, lastModified, sizeBytes }, request.method);
  setHeaders(reply, row, decision, options);
  if (deps.cdn) reply.headers(deps.cdn.headersFor(row.bucket_id, row.name, false));
  if (decision.kind === 'precondition-failed') throw failures.preconditionFailed();
  if (decision.kind === 'not-modified') return reply.code(304).send();
  if (decision.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${sizeBytes}`);
    throw failures.invalidRange();
  }
  if (request.method === 'HEAD') return reply.header('content-length', sizeBytes).send();
  const opened = await openBytes(deps, options, row, rangeOf(decision));
  if (opened.row.version !== row.version) return sendBytes(deps, options, opened);
  return sendDecided(deps, reply, decision, opened);
}

interface Opened {
  readonly row: ObjectRow;
  readonly blob: OpenBlob;
}

/** An overwrite may have retired, and a late collector removed, what the row pointed to: then the newer row counts. */
async function openBytes(
  { blobs, logger, damage }: StorageDeps,
  { find, request }: ServeOptions,
  row: ObjectRow,
  range: ByteRange | undefined,
): Promise<Opened> {
  let current = row;
  refuseDamaged(row);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const blob = current.version === null ? null : await blobs.open(current.version, { range });
    if (blob !== null && blob.sizeBytes === describe(current).sizeBytes) return { row: current, blob };
    await blob?.close();
    const again = await find();
    if (again.version === current.version) break;
    current = again;
  }
  if (current.version !== null) damage.suspect(current.version);
  logger.error(
    { requestId: request.id, bucket: current.bucket_id, key: current.name, version: current.version },
    'bytes of an object are missing',
  );
  throw failures.blobStore();
}

/** Serves a version other than the one that was decided about: decides anew. */
async function sendBytes(deps: StorageDeps, options: ServeOptions, { row, blob }: Opened): Promise<FastifyReply> {
  const { request, reply } = options;
  const facts = describe(row);
  const decision = decide(request.headers, facts, request.method);
  setHeaders(reply, row, decision, options);
  if (decision.kind === 'full' || decision.kind === 'partial') return sendDecided(deps, reply, decision, { row, blob });
  await blob.close();
  throw decision.kind === 'unsatisfiable' ? failures.invalidRange() : failures.preconditionFailed();
}

function rangeOf(decision: Decision): ByteRange | undefined {
  return decision.kind === 'partial' ? decision.range : undefined;
}

async function sendDecided(
  { metrics, damage }: StorageDeps,
  reply: FastifyReply,
  decision: Extract<Decision, { kind: 'full' | 'partial' }>,
  { row, blob }: Opened,
): Promise<FastifyReply> {
  const { sizeBytes } = blob;
  const range = rangeOf(decision);
  const length = range === undefined ? sizeBytes : range.end - range.start + 1;
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  reply.header('content-length', length);
  metrics.downloadedBytes.inc(length);
  const body = await verifiedBody(blob, { expected: row, damage, range });
  return reply.send(Buffer.isBuffer(body) ? body : outgoingBody(body));
}

function describe({ metadata, updated_at, size_bytes, id }: ObjectRow) {
  const lastModified = new Date(metadata?.lastModified ?? updated_at);
  return {
    sizeBytes: size_bytes === null ? (metadata?.size ?? 0) : Number(size_bytes),
    etag: metadata?.eTag ?? `"${id}"`,
    lastModified: Number.isNaN(lastModified.getTime()) ? updated_at : lastModified,
  };
}

function setHeaders(reply: FastifyReply, row: ObjectRow, decision: Decision, { download, expires }: ServeOptions): void {
  const { metadata } = row;
  const { etag, lastModified } = describe(row);
  const type = metadata?.mimetype ?? DEFAULT_TYPE;
  reply
    .header('accept-ranges', 'bytes')
    .header('content-type', type.toLowerCase().includes('text/html') ? 'text/plain' : type)
    .header('etag', etag)
    .header('last-modified', lastModified.toUTCString())
    .header('x-robots-tag', 'none')
    .header('x-content-type-options', 'nosniff');
  if (mayBeDocument(type)) reply.header('content-security-policy', SANDBOX);
  if (metadata?.contentEncoding !== undefined) reply.header('content-encoding', metadata.contentEncoding);
  if (expires === undefined) reply.header('cache-control', cacheControl(metadata?.cacheControl ?? 'no-cache', decision));
  else reply.header('expires', expires.toUTCString());
  if (download !== undefined) reply.header('content-disposition', disposition(download));
}

function cacheControl(stored: string, decision: Decision): string {
  const isStaleCopy = (decision.kind === 'full' || decision.kind === 'partial') && decision.isStaleCopy;
  return isStaleCopy ? `${stored}, stale-while-revalidate=30` : stored;
}

/** `Content-Disposition` for a download under the given name. */
export function disposition(name: string): string {
  if (name === '') return 'attachment';
  const encoded = encodeURIComponent(name.toWellFormed());
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded}`;
}
