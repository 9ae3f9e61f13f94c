import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Pairs, parseQuery, type SignableRequest, splitTarget } from '../../access/sigv4/canonical.ts';
import { headerValue, readHeaders } from '../../access/sigv4/request-headers.ts';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import { SigningKeys } from '../../access/sigv4/signing-key.ts';
import { verifyPostPolicy } from '../../access/sigv4/verify-post-policy.ts';
import { isSigned, verifyRequest, type VerifyOptions } from '../../access/sigv4/verify-request.ts';
import type { Caller } from '../../access/token-verifier.ts';
import type { Scope } from '../../metadata/scope.ts';
import { createAccessLog } from '../access-log.ts';
import { limitDrain } from '../limit-drain.ts';
import { addressOf } from '../trusted-proxies.ts';
import { type AccessNeed, authorize } from './authorize.ts';
import { type S3Call, type S3Deps, setHeaders } from './call.ts';
import { CorsDoor, isPreflight } from './cors/cors-door.ts';
import { createCredentialResolver, type S3Identity } from './credentials.ts';
import { renderError, toS3Error } from './errors.ts';
import { withHoistedHeaders } from './hoisted-headers.ts';
import { readPostForm } from './operations/post-form.ts';
import { keyOfForm, postObject } from './operations/post-object.ts';
import { OPERATIONS } from './operations/table.ts';
import { gatewayPrefixes } from './gateway-prefixes.ts';
import { bucketOfHost } from './virtual-host.ts';
import { requireOneMeaning } from './listeners.ts';
import { findOperation, parseTarget, type S3Target } from './route.ts';

const POST_POLICY_NAME = 'storage.s3.upload';
/** What PostObject asks of an access key; its row is here because its key and credentials are inside its body. */
const POST_NEEDS: AccessNeed = { kind: 'key', verb: 'write' };

/** Answers S3 requests below `mount`; every failure is answered too, so the promise never rejects. */
export type S3Door = (req: IncomingMessage, res: ServerResponse, mount: string) => Promise<void>;

/** What is known of a request for its log line, filled in as it goes. */
interface Trace {
  readonly requestId: string;
  readonly startedMs: number;
  readonly address: string;
  operation: string;
  role: string | undefined;
  target: S3Target;
}

/** Builds the S3 door over the server's use cases. */
export function createS3Door(deps: S3Deps, now: () => number = Date.now): S3Door {
  const resolveCredentials = createCredentialResolver({ settings: deps.s3, verifier: deps.verifier, keys: deps.keyDirectory });
  const verify: VerifyOptions<S3Identity> = {
    resolveCredentials,
    signingKeys: new SigningKeys(),
    now,
    enforcedRegion: deps.s3.enforceRegion ? deps.s3.region : null,
    strippedPathPrefixes: gatewayPrefixes(deps.resumable.publicUrl),
    trustForwardedHost: deps.s3.trustForwardedHost,
  };
  const cors = new CorsDoor(deps.database);
  const log = { logger: createAccessLog(deps.logger), metrics: deps.metrics };
  return async (req, res, mount) => {
    const empty = { level: 'service', bucket: '', key: '' } as const;
    const trace: Trace = {
      requestId: randomUUID(),
      startedMs: performance.now(),
      address: addressOf(req, deps.trustedProxies),
      operation: 'unknown',
      role: undefined,
      target: empty,
    };
    setHeaders(res, { 'x-amz-request-id': trace.requestId, 'x-robots-tag': 'none' });
    res.once('close', () => logRequest(log, req, res, trace));
    try {
      const incoming = { req, res, mount, trace };
      if (isPreflight(req)) await cors.answerPreflight(req, res, unsignedTarget(deps, incoming).bucket);
      else await serve(deps, verify, incoming, cors);
    } catch (error) {
      answerErrorSafely(deps, { req, res, trace }, error);
    }
  };
}

interface Incoming {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly mount: string;
  readonly trace: Trace;
}

async function serve(deps: S3Deps, verify: VerifyOptions<S3Identity>, incoming: Incoming, cors: CorsDoor): Promise<void> {
  const { req, res, mount, trace } = incoming;
  const { rawPath, rawQuery } = splitTarget(req.url ?? '');
  const request: SignableRequest = { method: req.method ?? '', rawPath, query: parseQuery(rawQuery), headers: readHeaders(req.rawHeaders) };
  trace.target = unsignedTarget(deps, incoming);
  await cors.allow(req, res, trace.target.bucket);
  if (isUnsignedForm(request, trace.target)) return servePost(deps, verify, incoming, request);
  const verified = await verifyRequest(request, isRoot(mount) ? { ...verify, strippedPathPrefixes: [] } : verify);
  // Only the host that was signed may say which bucket is meant.
  trace.target = targetOf(deps, rawPath, mount, verified.host);
  const { caller, scope: access } = admit(deps, trace, verified.identity);
  trace.role = caller.role;
  const operation = findOperation(request.method, trace.target.level, request.query, verified.presigned);
  trace.operation = operation;
  if (operation === 'PostObject') throw new S3Error('InvalidRequest', 'A form carries its signature in its fields, not in the request.');
  const { handle, policyName, copyPolicyName = policyName, needs } = OPERATIONS[operation];
  const { target } = trace;
  const headers = verified.presigned ? withHoistedHeaders(request) : request.headers;
  requireOwner(headers, deps.s3.tenantId);
  authorize(access, needs, { target, query: request.query, headers });
  const { payload, chunkSeed } = verified;
  const isCopy = headerValue(headers, 'x-amz-copy-source') !== null;
  const scope = scopeOf(req, rawPath, caller, isCopy ? copyPolicyName : policyName);
  await handle(deps, { req, res, operation, target, query: request.query, headers, payload, chunkSeed, scope, access });
}

/** Where a request points before anything is verified: for forms, whose policy names the bucket, for CORS and for messages. */
function unsignedTarget(deps: S3Deps, { req, mount }: Incoming): S3Target {
  const forwarded = deps.s3.trustForwardedHost ? [req.headers['x-forwarded-host'] ?? []].flat()[0] : undefined;
  return targetOf(deps, splitTarget(req.url ?? '').rawPath, mount, forwarded ?? req.headers.host ?? '');
}

function targetOf({ s3 }: S3Deps, rawPath: string, mount: string, host: string): S3Target {
  const hostBucket = bucketOfHost(host, s3.virtualHostDomains);
  const target = parseTarget(rawPath.slice(mount.length), hostBucket);
  requireOneMeaning(target, { isRoot: isRoot(mount), inPathStyle: hostBucket === null });
  return target;
}

function isRoot(mount: string): boolean {
  return mount === '';
}

function isUnsignedForm(request: SignableRequest, target: S3Target): boolean {
  const isForm = headerValue(request.headers, 'content-type')?.toLowerCase().startsWith('multipart/form-data') ?? false;
  return request.method === 'POST' && target.level === 'bucket' && request.query.length === 0 && isForm && !isSigned(request);
}

async function servePost(deps: S3Deps, verify: VerifyOptions<S3Identity>, incoming: Incoming, request: SignableRequest): Promise<void> {
  const { req, res, trace } = incoming;
  trace.operation = 'PostObject';
  if (request.headers.some(([name]) => name.startsWith('x-amz-')))
    throw new S3Error('AccessDenied', 'A form upload may not carry x-amz-* headers.');
  await readPostForm(req, async (form) => {
    const { bucket } = trace.target;
    const key = keyOfForm(form);
    const fields = new Map(form.fields).set('key', key);
    const verified = await verifyPostPolicy(bucket, fields, verify);
    const { caller, scope: access } = admit(deps, trace, verified.identity);
    trace.role = caller.role;
    trace.target = { level: 'object', bucket, key };
    authorize(access, POST_NEEDS, { target: trace.target, query: [], headers: [] });
    const scope = scopeOf(req, request.rawPath, caller, POST_POLICY_NAME);
    const shared = { req, res, target: trace.target, query: request.query, headers: request.headers, scope, access };
    const call: S3Call = { ...shared, operation: 'PostObject', payload: { kind: 'unsigned' }, chunkSeed: null };
    await postObject(deps, call, { ...form, fields }, verified.contentLength);
  });
}

/** Lets a verified caller in, unless its key is bound to other addresses. @throws AccessDenied */
function admit({ keyDirectory }: S3Deps, { address }: Trace, identity: S3Identity): S3Identity {
  const { addresses, storedKeyId } = identity;
  if (storedKeyId === null) return identity;
  if (addresses !== null && !addresses.includes(address)) {
    throw new S3Error('AccessDenied', 'The access key may not be used from this address.');
  }
  keyDirectory.noteUse(storedKeyId, address);
  return identity;
}

/** A client may insist on whose bucket it talks to. @throws AccessDenied */
function requireOwner(headers: Pairs, tenantId: string): void {
  const names = ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner'];
  if (names.some((name) => (headerValue(headers, name) ?? tenantId) !== tenantId)) throw new S3Error('AccessDenied');
}

function scopeOf(req: IncomingMessage, path: string, { role, claims, subject, token }: Caller, operation: string): Scope {
  return { role, claims, subject, token, headers: JSON.stringify(req.headers), method: req.method ?? '', path, operation };
}

/** Nothing may escape from here: it would end the process. */
function answerErrorSafely(deps: S3Deps, incoming: Omit<Incoming, 'mount'>, cause: unknown): void {
  try {
    answerError(deps, incoming, cause);
  } catch (error) {
    deps.logger.error({ err: error, requestId: incoming.trace.requestId }, 's3 failure could not be answered');
    incoming.res.destroy();
  }
}

function answerError(deps: S3Deps, { req, res, trace }: Omit<Incoming, 'mount'>, cause: unknown): void {
  if (res.headersSent || req.socket.destroyed) {
    res.destroy();
    return;
  }
  const error = toS3Error(cause);
  if (error.httpStatus >= 500 && error.httpStatus !== 501) {
    deps.logger.error({ err: error.cause ?? error, requestId: trace.requestId, code: error.s3Code }, 's3 request failed');
  }
  const { bucket, key } = trace.target;
  const body = Buffer.from(renderError(error, { bucket, key, requestId: trace.requestId }));
  for (const name of res.getHeaderNames()) if (/^(?:content-(?!range)|etag$|last-modified$|x-amz-meta-)/.test(name)) res.removeHeader(name);
  if (error.httpStatus === 503) res.setHeader('retry-after', '1');
  setHeaders(res, { 'content-type': 'application/xml', 'content-length': body.length, 'cache-control': 'no-store' });
  limitDrain(req);
  res.writeHead(error.httpStatus);
  if (req.method === 'HEAD') res.end();
  else res.end(body);
}

function logRequest(
  { logger, metrics }: Pick<S3Deps, 'logger' | 'metrics'>,
  req: IncomingMessage,
  res: ServerResponse,
  trace: Trace,
): void {
  const durationMs = performance.now() - trace.startedMs;
  const { requestId, operation, role, address: remoteAddress } = trace;
  const method = req.method ?? '';
  metrics.requests.observe({ method, route: `s3:${operation}`, status: String(res.statusCode) }, durationMs / 1000);
  logger.info(
    {
      requestId,
      method,
      path: req.url?.split('?', 1)[0],
      operation,
      status: res.statusCode,
      durationMs: Math.round(durationMs * 10) / 10,
      role,
      remoteAddress,
    },
    's3 request',
  );
}
