import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { failures, ProtocolError } from '../../errors.ts';
import type { Scope } from '../../metadata/scope.ts';
import type { UploadTarget } from '../../objects/upload-object.ts';
import { CHECKSUM_ALGORITHMS } from '../../uploads/resumable-uploads.ts';
import { uploadFailures } from '../../uploads/upload-failures.ts';
import type { UploadRecord } from '../../uploads/upload-record.ts';
import { parseUploadId } from '../../uploads/upload-id.ts';
import { type AuthNeed, operationOf, optionalScopeOf, scopeOf } from '../caller.ts';
import { limitDrain } from '../limit-drain.ts';
import type { TusCall } from './tus-call.ts';
import { effectiveMethod, refuseEarly, TUS_VERSION } from './tus-guard.ts';
import { uploadLocation } from './upload-location.ts';
import { destinationOf, headOf, metadataHeader, parseChecksum, type UploadMetadata } from './upload-metadata.ts';

interface Door {
  readonly path: '/upload/resumable' | '/upload/resumable/sign';
  readonly isSigned: boolean;
}

const DOORS: readonly Door[] = [
  { path: '/upload/resumable', isSigned: false },
  { path: '/upload/resumable/sign', isSigned: true },
];

const OPERATIONS = {
  POST: 'storage.tus.upload.create',
  PATCH: 'storage.tus.upload.part',
  DELETE: 'storage.tus.upload.delete',
  HEAD: 'storage.tus.upload.get',
  OPTIONS: 'storage.tus.options',
} as const;

/** Resumable uploads in the TUS protocol, as a member or with a signed link. */
export async function tusRoutes(app: FastifyInstance, deps: StorageDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  // The bytes are read where they are written, never here.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.addHook('onSend', async (_request, reply) => {
    reply.header('tus-resumable', TUS_VERSION);
  });
  app.addHook('preClose', async () => deps.resumable.locks.requestAll());
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (!(error instanceof ProtocolError) || error.status >= 500) throw error;
    const { statusCode, error: label, message, code } = error.toWire();
    limitDrain(request.raw);
    return reply.code(error.httpStatus).send({ statusCode, code, error: label, message });
  });
  for (const door of DOORS) {
    for (const [method, operation] of Object.entries(OPERATIONS)) {
      const auth: AuthNeed = door.isSigned || method === 'HEAD' || method === 'OPTIONS' ? 'none' : 'required';
      const handler = (request: FastifyRequest, reply: FastifyReply) => handle(deps, door, request, reply);
      // A POST below the collection carries the real method in a header.
      for (const url of [door.path, `${door.path}/`, `${door.path}/:uploadId`]) {
        app.route({ method, url, config: { auth, operation: door.isSigned ? `${operation}_signed` : operation }, handler });
      }
    }
  }
}

async function handle(deps: StorageDeps, door: Door, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const method = effectiveMethod(request.method, request.headers);
  const refusal = refuseEarly(method, request.headers);
  if (refusal !== null) {
    reply.header('tus-version', TUS_VERSION);
    return sendText(request, reply, refusal.status, refusal.text);
  }
  const call: TusCall = {
    request: request.raw,
    actor: { scope: door.isSigned ? undefined : writingScopeOf(request), operation: operationOf(request) },
    checksum: parseChecksum(request.headers['upload-checksum']),
  };
  // Loaded with the first request: most servers never see one, and it costs memory.
  const { answerTus } = await import('./tus-server.ts');
  request.raw.method = method;
  const response = await answerTus(request.raw, reply.raw, {
    ...deps.resumable,
    logger: deps.logger,
    maxUploadBytes: deps.maxUploadBytes,
    call,
    authorizeCreation: (metadata) => authorizeCreation(deps, { door, request, call }, metadata),
    authorizeUse: (id) => authorizeUse(deps, { door, request, call }, id, method),
    locate: (id) => locate(deps, door, request, id),
  });
  for (const [name, value] of response.headers) if (!isOurs(name)) reply.header(name, value);
  if (method === 'OPTIONS') reply.header('tus-checksum-algorithm', CHECKSUM_ALGORITHMS.join(','));
  if (method === 'HEAD' && response.status === 200 && call.record !== undefined)
    reply.header('upload-metadata', call.record.metadataHeader);
  return sendText(request, reply, response.status, await response.text());
}

/**
 * The object is written by the request that brings the last byte. Policies are asked then under the name of the creation: what they
 * let begin they let end, as in the original, which asks only once.
 */
function writingScopeOf(request: FastifyRequest): Scope | undefined {
  const scope = optionalScopeOf(request);
  return scope && { ...scope, operation: OPERATIONS.POST };
}

function sendText(request: FastifyRequest, reply: FastifyReply, status: number, text: string): FastifyReply {
  if (status >= 400) limitDrain(request.raw);
  if (status === 204) return reply.code(status).send();
  return reply.code(status).type('text/plain; charset=utf-8').send(text);
}

/** Headers that the app, or the length of the text, decide. */
function isOurs(name: string): boolean {
  return name.startsWith('access-control-') || name === 'content-length' || name === 'content-type' || name === 'tus-resumable';
}

interface Visit {
  readonly door: Door;
  readonly request: FastifyRequest;
  readonly call: TusCall;
}

async function authorizeCreation(deps: StorageDeps, { door, request, call }: Visit, metadata: UploadMetadata): Promise<void> {
  const { uploads } = deps.resumable;
  const destination = destinationOf(metadata);
  const header = request.headers['upload-length'];
  const lengthBytes = header === undefined ? null : Number(header);
  const head = headOf(metadata, lengthBytes);
  const target = door.isSigned ? await signedTarget(deps, request, destination) : memberTarget(request, destination);
  const ticket = await uploads.authorize(target, head);
  // The library takes a limit of zero for none.
  if (ticket.maxBytes === 0 && lengthBytes !== 0) throw failures.tooLarge();
  call.creation = { ticket, head, metadataHeader: metadataHeader(request.headers['upload-metadata']), lengthBytes };
}

type Destination = Pick<UploadTarget, 'bucket' | 'key'>;

function memberTarget(request: FastifyRequest, destination: Destination): UploadTarget {
  const scope = scopeOf(request);
  return { ...destination, scope, subject: scope.subject, upsert: request.headers['x-upsert'] === 'true', operation: operationOf(request) };
}

async function signedTarget(deps: StorageDeps, request: FastifyRequest, destination: Destination): Promise<UploadTarget> {
  const grant = await verifyGrant(deps, request, destination);
  return { ...destination, subject: grant.owner ?? '', upsert: grant.upsert ?? false, operation: operationOf(request) };
}

function verifyGrant({ links }: StorageDeps, request: FastifyRequest, { bucket, key }: Destination) {
  const token = request.headers['x-signature'];
  if (typeof token !== 'string' || token === '') throw failures.invalidSignature();
  return links.use(token, { bucket, path: key, scope: 'upload' });
}

/** Only who began an upload may continue or end it, and the service; for others it is not there. Reading the offset is open to who knows the id. */
async function authorizeUse(deps: StorageDeps, { door, request, call }: Visit, id: string, method: string): Promise<void> {
  const isAsking = method === 'HEAD' || method === 'OPTIONS';
  // A link is for one path, which an id says itself: whether there is such an upload is told only to who holds the link.
  const named = door.isSigned && !isAsking ? parseUploadId(id) : null;
  if (named !== null) await verifyGrant(deps, request, named);
  const record = await deps.resumable.uploads.get(id);
  call.record = record;
  if (isAsking) return;
  if (door.isSigned) {
    if (record.role !== null) throw uploadFailures.notFound();
    return;
  }
  if (!isBeginner(record, call)) throw uploadFailures.notFound();
}

function isBeginner({ role, subject }: UploadRecord, { actor: { scope } }: TusCall): boolean {
  return scope !== undefined && (scope.role === 'service_role' || (scope.role === role && scope.subject === subject));
}

function locate({ resumable }: StorageDeps, { path }: Door, request: FastifyRequest, id: string): string {
  const { headers, originalUrl, protocol } = request;
  const originalPath = originalUrl.split('?', 1)[0] ?? '';
  return uploadLocation({ headers, originalPath, isEncrypted: protocol === 'https', publicUrl: resumable.publicUrl }, path, id);
}
