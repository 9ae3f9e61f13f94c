import { formatAmzDate } from '../../access/sigv4/amz-date.ts';
import { canonicalRequest, type Pairs, sha256Hex } from '../../access/sigv4/canonical.ts';
import { scopeText, sign, SigningKeys } from '../../access/sigv4/signing-key.ts';
import type { S3Credentials } from './settings.ts';

export interface UnsignedRequest {
  readonly method: string;
  readonly host: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly query: Pairs;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the body, or a payload word. */
  readonly payloadHash: string;
}

const keys = new SigningKeys();

/** All headers of the request, signed with Signature Version 4: every header given is covered. */
export function signRequest(request: UnsignedRequest, credentials: S3Credentials, region: string, nowMs: number): Record<string, string> {
  const { method, host, path, query, payloadHash } = request;
  const date = formatAmzDate(nowMs);
  const headers: Record<string, string> = {
    ...request.headers,
    host,
    'x-amz-date': date,
    'x-amz-content-sha256': payloadHash,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  // The length belongs to the connection; a proxy in between may rewrite it.
  const signedHeaders = Object.keys(headers)
    .filter((name) => name !== 'content-length')
    .toSorted();
  const canonical = canonicalRequest(
    { method, rawPath: path, query, headers: Object.entries(headers) },
    { signedHeaders, payloadHash, excludedQueryName: null },
  );
  const scope = { date: date.slice(0, 8), region, service: 's3' };
  const toSign = ['AWS4-HMAC-SHA256', date, scopeText(scope), sha256Hex(canonical)].join('\n');
  const signature = sign(keys.derive(credentials.secretAccessKey, scope), toSign);
  const credential = `${credentials.accessKeyId}/${scopeText(scope)}`;
  headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return headers;
}
