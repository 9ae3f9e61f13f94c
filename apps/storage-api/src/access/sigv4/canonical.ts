import { createHash } from 'node:crypto';
import { S3Error } from './s3-error.ts';

/** Names and values of a query string or header list, in the order received. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** The parts of an HTTP request that a signature covers, as they came over the wire. */
export interface SignableRequest {
  readonly method: string;
  /** Path of the request line, still percent-encoded, without the query. */
  readonly rawPath: string;
  /** Query, decoded; see {@link parseQuery}. */
  readonly query: Pairs;
  /** Header names in lower case; a header sent twice appears twice. */
  readonly headers: Pairs;
}

/**
 * Splits a request target into path and query.
 * @throws InvalidURI for an absolute form, a fragment, or bytes that may not stand in a URL.
 */
export function splitTarget(target: string): { readonly rawPath: string; readonly rawQuery: string } {
  if (!target.startsWith('/') || !/^[\x21-\x7e]+$/.test(target) || target.includes('#')) throw new S3Error('InvalidURI');
  const mark = target.indexOf('?');
  return mark === -1 ? { rawPath: target, rawQuery: '' } : { rawPath: target.slice(0, mark), rawQuery: target.slice(mark + 1) };
}

/**
 * Decodes a query string once, for the signature and for routing alike, so that both see the same request.
 * @throws InvalidURI for broken percent-encoding or invalid UTF-8, InvalidArgument for a name given twice.
 */
export function parseQuery(rawQuery: string): Pairs {
  const pairs: [string, string][] = [];
  const seen = new Set<string>();
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodeQueryText(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? '' : decodeQueryText(part.slice(equals + 1));
    const folded = name.toLowerCase();
    if (seen.has(folded)) throw new S3Error('InvalidArgument', 'A query parameter was given more than once.');
    seen.add(folded);
    pairs.push([name, value]);
  }
  return pairs;
}

/** Percent-decodes; @throws InvalidURI for broken encoding or invalid UTF-8. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new S3Error('InvalidURI', undefined, { cause });
  }
}

function decodeQueryText(text: string): string {
  return decodePercent(text.replaceAll('+', ' '));
}

/** AWS's URI encoding: every byte but `A-Z a-z 0-9 - . _ ~` becomes `%XX`. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The canonical path for S3: decoded once, encoded once, nothing normalised. */
function canonicalPath(rawPath: string): string {
  return rawPath
    .split('/')
    .map((segment) => encodeRfc3986(decodePercent(segment)))
    .join('/');
}

function canonicalQuery(query: Pairs, excludedName: string | null): string {
  return query
    .filter(([name]) => name !== excludedName)
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .toSorted(([nameA, valueA], [nameB, valueB]) => compareText(nameA, nameB) || compareText(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function canonicalHeaders(headers: Pairs, signedHeaders: readonly string[]): string {
  return signedHeaders
    .map((wanted) => {
      const values = headers.filter(([name]) => name === wanted).map(([, value]) => trimBlanks(value).replaceAll(/[ \t]+/g, ' '));
      return `${wanted}:${values.join(',')}\n`;
    })
    .join('');
}

/** Blanks only: `String.trim` would also take characters away that are part of what is signed. */
function trimBlanks(value: string): string {
  return value.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

export interface CanonicalOptions {
  readonly signedHeaders: readonly string[];
  /** The last line: a hex SHA-256 of the body or one of AWS's payload words. */
  readonly payloadHash: string;
  /** The query parameter that carries the signature itself. */
  readonly excludedQueryName: string | null;
}

/** The canonical request of AWS Signature Version 4 in its S3 variant. */
export function canonicalRequest(request: SignableRequest, options: CanonicalOptions): string {
  return [
    request.method,
    canonicalPath(request.rawPath),
    canonicalQuery(request.query, options.excludedQueryName),
    canonicalHeaders(request.headers, options.signedHeaders),
    options.signedHeaders.join(';'),
    options.payloadHash,
  ].join('\n');
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
