import { S3Error, type S3ErrorCode } from './s3-error.ts';
import type { CredentialScope } from './signing-key.ts';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** `<access key>/<YYYYMMDD>/<region>/s3/aws4_request`. */
export interface Credential {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
}

/** What a client claims about its signature, before anything is verified. */
export interface SignatureClaim {
  readonly credential: Credential;
  /** Sorted, lower case, without duplicates, `host` included. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** @throws `code` unless the text is a credential for S3. */
export function parseCredential(text: string, code: S3ErrorCode): Credential {
  const parts = text.split('/');
  const [accessKeyId, date, region, service, terminator] = parts;
  if (parts.length !== 5 || !accessKeyId || !date || !region || accessKeyId.length > 256) {
    throw new S3Error(code, 'The Credential is malformed; expected "<access key>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  }
  if (!/^\d{8}$/.test(date)) throw new S3Error(code, 'The Credential has a malformed date; expected YYYYMMDD.');
  if (!/^[A-Za-z0-9-]{1,64}$/.test(region)) throw new S3Error(code, 'The Credential has a malformed region.');
  if (service !== 's3') throw new S3Error(code, 'The Credential is for a wrong service; expected "s3".');
  if (terminator !== 'aws4_request') throw new S3Error(code, 'The Credential must end in "aws4_request".');
  return { accessKeyId, scope: { date, region, service } };
}

/** @throws `code` unless the list is sorted, unique, lower case and names `host`. */
export function parseSignedHeaders(text: string, code: S3ErrorCode): readonly string[] {
  const names = text.split(';');
  const ordered = names.every((name, index) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && (index === 0 || (names[index - 1] ?? '') < name));
  if (!ordered || names.length > 256) throw new S3Error(code, 'SignedHeaders must be a sorted list of lower-case header names.');
  if (!names.includes('host')) throw new S3Error('AccessDenied', 'The host header must be signed.');
  return names;
}

/** @throws `code` unless the text is a hex HMAC-SHA-256 in lower case. */
export function parseSignature(text: string, code: S3ErrorCode): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new S3Error(code, 'The Signature is malformed.');
  return text;
}

/**
 * Parses an `Authorization` header.
 * @throws InvalidRequest for another mechanism, AuthorizationHeaderMalformed for a broken one.
 */
export function parseAuthorization(header: string): SignatureClaim {
  const code = 'AuthorizationHeaderMalformed';
  if (!header.startsWith(`${ALGORITHM} `)) {
    throw new S3Error('InvalidRequest', `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`);
  }
  const fields = new Map<string, string>();
  for (const part of header.slice(ALGORITHM.length + 1).split(',')) {
    const match = /^ ?(Credential|SignedHeaders|Signature)=(\S+)$/.exec(part);
    if (!match?.[1] || !match[2] || fields.has(match[1])) throw new S3Error(code);
    fields.set(match[1], match[2]);
  }
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) => fields.get(name));
  if (credential === undefined || signedHeaders === undefined || signature === undefined) throw new S3Error(code);
  return {
    credential: parseCredential(credential, code),
    signedHeaders: parseSignedHeaders(signedHeaders, code),
    signature: parseSignature(signature, code),
  };
}
