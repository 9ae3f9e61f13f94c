import type { Pairs } from './canonical.ts';
import { S3Error } from './s3-error.ts';

/** Headers that a proxy or client may legitimately send more than once. */
const REPEATABLE = /^(?:x-amz-meta-.+|x-forwarded-.+|via|forwarded|cookie|accept|accept-.+|connection|te|trailer|cache-control)$/;

/**
 * Turns Node's flat `rawHeaders` into pairs with lower-case names.
 * @throws InvalidRequest when a header that decides what the request means was sent twice.
 */
export function readHeaders(rawHeaders: readonly string[]): Pairs {
  const pairs: [string, string][] = [];
  const seen = new Set<string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (seen.has(name) && !REPEATABLE.test(name)) throw new S3Error('InvalidRequest', 'A header was given more than once.');
    seen.add(name);
    pairs.push([name, decodeValue(rawHeaders[index + 1] ?? '')]);
  }
  return pairs;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Node hands out bytes as Latin-1. Most clients send and sign UTF-8; Node's own send Latin-1 but sign UTF-8. */
function decodeValue(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value;
  try {
    return UTF8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/** The value of a header, repeated ones joined by a comma; null when it was not sent. */
export function headerValue(headers: Pairs, name: string): string | null {
  const values = headers.filter(([candidate]) => candidate === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(',');
}

/** The value of a query parameter whatever its case; null when it was not sent. */
export function queryValue(query: Pairs, name: string): string | null {
  const wanted = name.toLowerCase();
  return query.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1] ?? null;
}

/**
 * @throws SignatureDoesNotMatch when a signed header is missing, AccessDenied when an x-amz-* header is present but not signed,
 * InvalidRequest when one has white space that the signature does not cover.
 */
export function requireCoverage(headers: Pairs, signedHeaders: readonly string[]): void {
  const present = new Set(headers.map(([name]) => name));
  if (signedHeaders.some((name) => !present.has(name))) {
    throw new S3Error('SignatureDoesNotMatch', 'A header named in SignedHeaders is missing from the request.');
  }
  const unsigned = [...present].filter((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (unsigned.length > 0) throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed.');
  // A signature does not tell runs of blanks apart. What a request does must not depend on them; metadata may.
  const vague = headers.some(([name, value]) => /^x-amz-(?!meta-)/.test(name) && /\t| {2}/.test(value));
  if (vague) throw new S3Error('InvalidRequest', 'A header x-amz-* contains a tab or several blanks in a row; percent-encode them.');
}
