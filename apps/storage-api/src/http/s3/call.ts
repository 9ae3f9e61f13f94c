import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pairs } from '../../access/sigv4/canonical.ts';
import type { PayloadMode } from '../../access/sigv4/payload.ts';
import { headerValue } from '../../access/sigv4/request-headers.ts';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { ChunkSeed } from '../../access/sigv4/verify-request.ts';
import type { Scope } from '../../metadata/scope.ts';
import type { StorageDeps } from '../../deps.ts';
import type { AccessScope } from '../../s3-keys/access-scope.ts';
import type { KeyDirectory } from '../../s3-keys/key-directory.ts';
import type { ExpiryNotice } from './expiry-notice.ts';
import type { S3Operation, S3Target } from './route.ts';

/** What the S3 door knows beyond the rest of the server. */
export interface S3Settings {
  /** Access key of session mode, and the id of the owner of everything. */
  readonly tenantId: string;
  /** Region that buckets are said to be in. */
  readonly region: string;
  /** Refuse signatures for any other region. */
  readonly enforceRegion: boolean;
  /** A proxy in front replaces Host and tells the original in X-Forwarded-Host. */
  readonly trustForwardedHost: boolean;
  /** Buckets may also be named by the host, as `bucket.<domain>`. */
  readonly virtualHostDomains: readonly string[];
  /** Secret of session mode; null turns it off. */
  readonly anonKey: string | null;
  /** The configured key pair, which acts as service_role; null when there is none. */
  readonly keyPair: { readonly accessKeyId: string; readonly secret: string } | null;
}

export interface S3Deps extends StorageDeps {
  readonly s3: S3Settings;
  readonly keyDirectory: KeyDirectory;
  /** When lifecycle rules delete what is written or read. */
  readonly expiry: ExpiryNotice;
}

/** One authenticated request on its way through an operation. */
export interface S3Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly operation: S3Operation;
  readonly target: S3Target;
  readonly query: Pairs;
  /** Headers, and those a presigned URL carries as parameters. Names in lower case. */
  readonly headers: Pairs;
  readonly payload: PayloadMode;
  readonly chunkSeed: ChunkSeed | null;
  readonly scope: Scope;
  /** What the access key may do; the door has asked for the target, handlers ask for what else the request names. */
  readonly access: AccessScope;
}

/** An operation of the S3 door. It answers on `call.res`, or throws before it has begun to. */
export type S3Handler = (deps: S3Deps, call: S3Call) => Promise<void>;

export function header(call: Pick<S3Call, 'headers'>, name: string): string | null {
  return headerValue(call.headers, name);
}

export function param(call: Pick<S3Call, 'query'>, name: string): string | null {
  return call.query.find(([candidate]) => candidate === name)?.[1] ?? null;
}

/** A whole number from a parameter, at most `max`. @throws InvalidArgument */
export function countParam(call: Pick<S3Call, 'query'>, name: string, max: number): number {
  const text = param(call, name);
  if (text === null || text === '') return max;
  if (!/^\d{1,10}$/.test(text)) throw new S3Error('InvalidArgument', `Provided ${name} is not an integer within its range.`);
  return Math.min(Number(text), max);
}

/** Tells which version an answer is about. */
export const VERSION_HEADER = 'x-amz-version-id';
/** Tells that this version is a delete marker. */
export const MARKER_HEADER = 'x-amz-delete-marker';

type HeaderValues = Readonly<Record<string, string | number | null | undefined>>;

/** Answers with an XML document. */
export function sendXml(call: Pick<S3Call, 'res'>, xml: string, headers: HeaderValues = {}, status = 200): void {
  const body = Buffer.from(xml);
  setHeaders(call.res, { ...headers, 'content-type': 'application/xml', 'content-length': body.length });
  call.res.writeHead(status).end(body);
}

/** Answers without a body. */
export function sendEmpty(call: Pick<S3Call, 'res'>, status: number, headers: HeaderValues = {}): void {
  setHeaders(call.res, status === 204 || status === 304 ? headers : { 'content-length': 0, ...headers });
  call.res.writeHead(status).end();
}

/** Sets all headers that have a value. */
export function setHeaders(res: ServerResponse, headers: HeaderValues): void {
  for (const [name, value] of Object.entries(headers)) if (value !== null && value !== undefined) res.setHeader(name, value);
}
