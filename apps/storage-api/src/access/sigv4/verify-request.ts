import { formatAmzDate, MAX_SKEW_SECONDS, parseAmzDate } from './amz-date.ts';
import { canonicalRequest, type Pairs, sha256Hex, type SignableRequest } from './canonical.ts';
import type { ResolveCredentials } from './credentials.port.ts';
import {
  ALGORITHM,
  type Credential,
  parseAuthorization,
  parseCredential,
  parseSignature,
  parseSignedHeaders,
  type SignatureClaim,
} from './parse-credential.ts';
import { parsePayloadMode, type PayloadMode } from './payload.ts';
import { headerValue, queryValue, requireCoverage } from './request-headers.ts';
import { S3Error } from './s3-error.ts';
import { scopeText, sign, signaturesEqual, type SigningKeys } from './signing-key.ts';

export interface VerifyOptions<Identity> {
  readonly resolveCredentials: ResolveCredentials<Identity>;
  readonly signingKeys: SigningKeys;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Region that credentials must name; null accepts any. */
  readonly enforcedRegion: string | null;
  /** What proxies in front of us may have cut off the path, for example `/storage/v1`; tried when the path as received does not match. */
  readonly strippedPathPrefixes: readonly string[];
  /** Whether a proxy that replaces Host can be trusted to say in X-Forwarded-Host what the client signed. */
  readonly trustForwardedHost: boolean;
}

/** A request whose signature is good. */
export interface VerifiedRequest<Identity> {
  readonly identity: Identity;
  readonly accessKeyId: string;
  readonly payload: PayloadMode;
  readonly presigned: boolean;
  /** The host as it was signed. */
  readonly host: string;
  /** What a chain of chunk signatures continues from. */
  readonly chunkSeed: ChunkSeed;
}

export interface ChunkSeed {
  readonly signingKey: Buffer;
  readonly amzDate: string;
  readonly scope: string;
  readonly signature: string;
}

interface Claim extends SignatureClaim {
  readonly amzDate: string;
  readonly payload: PayloadMode;
  readonly payloadHash: string;
  readonly sessionToken: string | null;
  readonly presigned: boolean;
}

const QUERY_MARKS = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-signature', 'x-amz-signedheaders', 'x-amz-expires'];
const V2_MARKS = ['awsaccesskeyid', 'signature'];

/** True when the request carries any kind of signature, good or bad. */
export function isSigned(request: SignableRequest): boolean {
  return readAuthorization(request) !== null || hasQuery(request.query, [...QUERY_MARKS, ...V2_MARKS]);
}

/** An empty header is none, as S3 has it. */
function readAuthorization({ headers }: SignableRequest): string | null {
  return headerValue(headers, 'authorization') || null;
}

/**
 * Verifies AWS Signature Version 4 in the Authorization header or in the query (presigned).
 * Nothing of the body is read; `payload` says how it must be checked.
 * @throws S3Error with AWS's code for everything that is missing, malformed, stale, ambiguous or forged.
 */
export async function verifyRequest<Identity>(
  request: SignableRequest,
  options: VerifyOptions<Identity>,
): Promise<VerifiedRequest<Identity>> {
  const claim = readClaim(request, options.now());
  const { credential } = claim;
  requireRegion(credential, options.enforcedRegion, claim.presigned);
  requireCoverage(request.headers, claim.signedHeaders);
  const resolved = await options.resolveCredentials(credential.accessKeyId, claim.sessionToken);
  if (!resolved) throw new S3Error('InvalidAccessKeyId');
  const matched = findSigned(request, claim, resolved.secrets, options);
  if (matched === null) throw new S3Error('SignatureDoesNotMatch');
  const { signingKey } = matched;
  return {
    identity: await resolved.identify(),
    accessKeyId: credential.accessKeyId,
    payload: claim.payload,
    presigned: claim.presigned,
    host: headerValue(matched.signed.headers, 'host') ?? '',
    chunkSeed: { signingKey, amzDate: claim.amzDate, scope: scopeText(credential.scope), signature: claim.signature },
  };
}

/** Which secret signed which form of the request; null when none did. */
function findSigned(request: SignableRequest, claim: Claim, secrets: readonly string[], options: VerifyOptions<unknown>) {
  for (const signed of asSigned(request, options)) {
    const text = stringToSign(signed, claim);
    for (const secret of secrets) {
      const signingKey = options.signingKeys.derive(secret, claim.credential.scope);
      if (signaturesEqual(sign(signingKey, text), claim.signature)) return { signed, signingKey };
    }
  }
  return null;
}

function hasQuery(query: Pairs, names: readonly string[]): boolean {
  return query.some(([name]) => names.includes(name.toLowerCase()));
}

type ProxyOptions = Pick<VerifyOptions<unknown>, 'strippedPathPrefixes' | 'trustForwardedHost'>;

/** The request as received, and as it may have been signed before known proxies changed its path or host. */
function asSigned(request: SignableRequest, { strippedPathPrefixes, trustForwardedHost }: ProxyOptions): readonly SignableRequest[] {
  const { rawPath, headers } = request;
  const paths = ['', ...strippedPathPrefixes].map((prefix) => `${prefix}${rawPath}`);
  const forwardedHost = trustForwardedHost ? headerValue(headers, 'x-forwarded-host') : null;
  const behindProxy = headers.map(([name, value]) => [name, name === 'host' && forwardedHost !== null ? forwardedHost : value] as const);
  const variants = forwardedHost === null ? [headers] : [headers, behindProxy];
  return variants.flatMap((variant) => paths.map((path) => ({ ...request, rawPath: path, headers: variant })));
}

function stringToSign(request: SignableRequest, claim: Claim): string {
  const canonical = canonicalRequest(request, {
    signedHeaders: claim.signedHeaders,
    payloadHash: claim.payloadHash,
    excludedQueryName: claim.presigned ? 'X-Amz-Signature' : null,
  });
  return [ALGORITHM, claim.amzDate, scopeText(claim.credential.scope), sha256Hex(canonical)].join('\n');
}

function requireRegion(credential: Credential, enforcedRegion: string | null, presigned: boolean): void {
  if (enforcedRegion === null || credential.scope.region === enforcedRegion) return;
  throw new S3Error(
    presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed',
    `The region '${credential.scope.region}' is wrong; expecting '${enforcedRegion}'.`,
  );
}

function readClaim(request: SignableRequest, nowMs: number): Claim {
  const authorization = readAuthorization(request);
  const presigned = hasQuery(request.query, QUERY_MARKS);
  if (authorization !== null && (presigned || hasQuery(request.query, V2_MARKS))) {
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed; the request has both a header and query parameters.');
  }
  if (presigned) return readQueryClaim(request, nowMs);
  if (authorization !== null) return readHeaderClaim(request, authorization, nowMs);
  if (hasQuery(request.query, V2_MARKS)) {
    throw new S3Error('InvalidRequest', `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`);
  }
  throw new S3Error('AccessDenied');
}

function readHeaderClaim(request: SignableRequest, authorization: string, nowMs: number): Claim {
  const claim = parseAuthorization(authorization);
  const timeMs = readHeaderTime(request.headers, claim.signedHeaders);
  const amzDate = formatAmzDate(timeMs);
  if (Math.abs(nowMs - timeMs) > MAX_SKEW_SECONDS * 1000) throw new S3Error('RequestTimeTooSkewed');
  requireSameDay(claim.credential, amzDate, 'AuthorizationHeaderMalformed');
  const payloadHash = headerValue(request.headers, 'x-amz-content-sha256');
  if (payloadHash === null) throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256.');
  return {
    ...claim,
    amzDate,
    payload: parsePayloadMode(payloadHash),
    payloadHash,
    sessionToken: headerValue(request.headers, 'x-amz-security-token'),
    presigned: false,
  };
}

function readHeaderTime(headers: Pairs, signedHeaders: readonly string[]): number {
  const amzDate = headerValue(headers, 'x-amz-date');
  const date = amzDate === null && signedHeaders.includes('date') ? headerValue(headers, 'date') : null;
  const timeMs = amzDate === null ? parseHttpDate(date) : parseAmzDate(amzDate);
  if (timeMs === null) throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header.');
  return timeMs;
}

function parseHttpDate(text: string | null): number | null {
  if (text === null || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? null : timeMs;
}

function requireSameDay(
  credential: Credential,
  amzDate: string,
  code: 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError',
) {
  if (credential.scope.date === amzDate.slice(0, 8)) return;
  throw new S3Error(code, `Invalid credential date "${credential.scope.date}"; it is not the day of the request.`);
}

const MAX_EXPIRES_SECONDS = 604_800;

function readQueryClaim(request: SignableRequest, nowMs: number): Claim {
  const code = 'AuthorizationQueryParametersError';
  const required = (name: string): string => {
    // Exact case: the name is part of what is signed, and X-Amz-Signature is the one left out.
    const value = request.query.find(([candidate]) => candidate === name)?.[1];
    if (!value) {
      throw new S3Error(
        code,
        'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      );
    }
    return value;
  };
  if (required('X-Amz-Algorithm') !== ALGORITHM) throw new S3Error(code, `X-Amz-Algorithm only supports "${ALGORITHM}".`);
  const credential = parseCredential(required('X-Amz-Credential'), code);
  const signedHeaders = parseSignedHeaders(required('X-Amz-SignedHeaders'), code);
  const signature = parseSignature(required('X-Amz-Signature'), code);
  const amzDate = required('X-Amz-Date');
  requireFresh(amzDate, required('X-Amz-Expires'), nowMs);
  requireSameDay(credential, amzDate, code);
  const payloadHash = readPresignedPayloadHash(request);
  const payload = parsePayloadMode(payloadHash);
  if (payload.kind === 'chunked') throw new S3Error('InvalidRequest', 'A presigned request cannot use a streaming payload.');
  const sessionToken = queryValue(request.query, 'x-amz-security-token');
  return { credential, signedHeaders, signature, amzDate, payload, payloadHash, sessionToken, presigned: true };
}

function readPresignedPayloadHash(request: SignableRequest): string {
  const fromHeader = headerValue(request.headers, 'x-amz-content-sha256');
  const fromQuery = queryValue(request.query, 'x-amz-content-sha256');
  if (fromHeader !== null && fromQuery !== null && fromHeader !== fromQuery) {
    throw new S3Error('InvalidRequest', 'x-amz-content-sha256 differs between header and query.');
  }
  return fromHeader ?? fromQuery ?? 'UNSIGNED-PAYLOAD';
}

function requireFresh(amzDate: string, expires: string, nowMs: number): void {
  const code = 'AuthorizationQueryParametersError';
  const timeMs = parseAmzDate(amzDate);
  if (timeMs === null) throw new S3Error(code, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\".");
  if (!/^\d{1,7}$/.test(expires)) throw new S3Error(code, 'X-Amz-Expires should be a number of seconds.');
  const seconds = Number(expires);
  if (seconds < 1) throw new S3Error(code, 'X-Amz-Expires must be at least 1 second.');
  if (seconds > MAX_EXPIRES_SECONDS) throw new S3Error(code, 'X-Amz-Expires must be less than a week (in seconds).');
  if (timeMs - nowMs > MAX_SKEW_SECONDS * 1000) throw new S3Error('AccessDenied', 'Request is not valid yet.');
  if (nowMs > timeMs + seconds * 1000) throw new S3Error('AccessDenied', 'Request has expired.');
}
