import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StagedBlob } from '../../blobs/blob-store.port.ts';
import type { StorageDeps } from '../../deps.ts';
import { failures, ProtocolError } from '../../errors.ts';
import {
  admitUpload,
  completeUpload,
  probeUpload,
  type UploadHead,
  type UploadResult,
  type UploadTarget,
} from '../../objects/upload-object.ts';
import { operationOf, scopeOf } from '../caller.ts';
import { announcedLength, expectedMd5, parseUserMetadata, sendable } from './upload-head.ts';

const text = { type: 'string' };
const objectParams = { type: 'object', properties: { bucketName: text, '*': text }, required: ['bucketName', '*'] };
const tokenQuery = { type: 'object', properties: { token: text }, required: ['token'] };
const MAX_FORM_FIELDS = 20;
const MAX_FIELD_BYTES = 1_048_576;
const DEFAULT_MIME_TYPE = 'application/octet-stream';

interface ObjectParams {
  bucketName: string;
  '*': string;
}

/** The routes that take bytes: raw bodies of any type, and forms. */
export async function uploadRoutes(app: FastifyInstance, deps: StorageDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(multipart, {
    limits: { files: 1, fields: MAX_FORM_FIELDS, fieldSize: MAX_FIELD_BYTES, fileSize: Number.MAX_SAFE_INTEGER },
    throwFileSizeLimit: false,
  });
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  const member = (operation: string) =>
    ({
      schema: { params: objectParams },
      config: { auth: 'required', operation: `storage.object.${operation}` },
    }) as const;

  app.post<{ Params: ObjectParams }>('/object/:bucketName/*', member('upload'), async (request, reply) =>
    uploadAsMember(deps, request, reply, request.headers['x-upsert'] === 'true'),
  );
  app.put<{ Params: ObjectParams }>('/object/:bucketName/*', member('upload_update'), async (request, reply) =>
    uploadAsMember(deps, request, reply, true),
  );

  app.put<{ Params: ObjectParams; Querystring: { token: string } }>(
    '/object/upload/sign/:bucketName/*',
    { schema: { params: objectParams, querystring: tokenQuery }, config: { auth: 'none', operation: 'storage.object.upload_signed' } },
    async (request, reply) => {
      const { bucketName: bucket, '*': key } = request.params;
      const grant = await deps.links.use(request.query.token, { bucket, path: key, scope: 'upload' });
      const target = { bucket, key, upsert: grant.upsert ?? false, subject: grant.owner ?? '', operation: operationOf(request) };
      await receive(deps, request, target);
      return reply.send({ Key: `${bucket}/${key}` });
    },
  );
}

async function uploadAsMember(
  deps: StorageDeps,
  request: FastifyRequest<{ Params: ObjectParams }>,
  reply: FastifyReply,
  upsert: boolean,
): Promise<FastifyReply> {
  const scope = scopeOf(request);
  const { bucketName: bucket, '*': key } = request.params;
  const { id } = await receive(deps, request, { bucket, key, upsert, scope, subject: scope.subject, operation: operationOf(request) });
  return reply.send({ Key: `${bucket}/${key}`, Id: id });
}

async function receive(deps: StorageDeps, request: FastifyRequest, given: UploadTarget): Promise<UploadResult> {
  const target = { ...given, maxBytes: deps.maxStandardBytes };
  const result = request.isMultipart() ? await receiveForm(deps, request, target) : await receiveRaw(deps, request, target);
  deps.metrics.uploadedBytes.inc(result.metadata.size);
  return result;
}

async function receiveRaw(deps: StorageDeps, request: FastifyRequest, target: UploadTarget): Promise<UploadResult> {
  const { headers } = request;
  const md5 = expectedMd5(request);
  const head: UploadHead = {
    mimeType: headers['content-type'] ?? DEFAULT_MIME_TYPE,
    cacheControl: sendable('cache-control', headers['cache-control'] ?? 'no-cache'),
    contentEncoding: headers['content-encoding'] === undefined ? undefined : sendable('content-encoding', headers['content-encoding']),
    userMetadata: parseUserMetadata(headers['x-metadata'], 'base64'),
    announcedBytes: announcedLength(request),
    isWholeBody: true,
  };
  const ticket = await admitUpload(deps, target, head);
  const options = { maxBytes: ticket.maxBytes, md5: md5 === undefined ? 'small' : 'always', ownsChunks: true } as const;
  const staged = await deps.blobs.stage(ticket.version, request.raw, options);
  await verifyWhole(request, staged, md5);
  return completeUpload(deps, ticket, head, staged);
}

/** Fields may come before or after the file; the file is streamed where it stands. */
async function receiveForm(deps: StorageDeps, request: FastifyRequest, target: UploadTarget): Promise<UploadResult> {
  const fields = new Map<string, string>();
  let received: { ticket: Awaited<ReturnType<typeof probeUpload>>; mimeType: string; staged: StagedBlob } | undefined;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') {
        if (typeof part.value === 'string') fields.set(part.fieldname, part.value);
        continue;
      }
      const { mimetype: mimeType, file } = part;
      // The connection may break while nobody reads the file yet; reading it then reports the error.
      file.on('error', () => {});
      const ticket = await probeUpload(deps, target, formHead(request, fields, mimeType));
      received = { ticket, mimeType, staged: await deps.blobs.stage(ticket.version, file, { maxBytes: ticket.maxBytes, md5: 'small' }) };
    }
    if (received === undefined) throw failures.noContent();
    const head = formHead(request, fields, received.mimeType);
    return await completeUpload(deps, received.ticket, head, received.staged);
  } catch (error) {
    await received?.staged.discard();
    throw isMalformedForm(error) ? failures.invalidRequest(error.message) : error;
  }
}

/** The form parser throws plain errors. */
function isMalformedForm(error: unknown): error is Error {
  return (
    error instanceof Error &&
    !(error instanceof ProtocolError) &&
    /multipart|malformed|boundary|unexpected end of form/i.test(error.message)
  );
}

function formHead(request: FastifyRequest, fields: ReadonlyMap<string, string>, mimeType: string): UploadHead {
  const cacheTime = fields.get('cacheControl');
  const encoding = fields.get('contentEncoding');
  return {
    mimeType,
    cacheControl: cacheTime === undefined || cacheTime === '' ? 'no-cache' : sendable('cacheControl', `max-age=${cacheTime}`),
    contentEncoding: encoding === undefined ? undefined : sendable('contentEncoding', encoding),
    userMetadata: parseUserMetadata(fields.get('metadata'), 'utf8') ?? parseUserMetadata(request.headers['x-metadata'], 'base64'),
    announcedBytes: announcedLength(request),
  };
}

/** Bytes that are not all of the body, or not the announced ones, are thrown away. */
async function verifyWhole(request: FastifyRequest, staged: StagedBlob, md5: Buffer | undefined): Promise<void> {
  if (request.raw.complete && (md5 === undefined || staged.facts.md5?.equals(md5) === true)) return;
  await staged.discard();
  throw request.raw.complete
    ? failures.invalidChecksum('The Content-MD5 you specified did not match what was received')
    : failures.aborted();
}
