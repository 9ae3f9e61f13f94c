import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange } from '../../blobs/blob-store.port.ts';

export interface Representation {
  readonly etag: string;
  readonly lastModified: Date;
  readonly sizeBytes: number;
}

/** What to answer a conditional or ranged request with. */
export type Decision =
  | { readonly kind: 'full'; readonly isStaleCopy: boolean }
  | { readonly kind: 'partial'; readonly range: ByteRange; readonly isStaleCopy: boolean }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'unsatisfiable' };

/** RFC 9110 section 13.2.2, for GET and HEAD; a range applies to GET only. `isStaleCopy`: the client holds another version. */
export function decide(headers: IncomingHttpHeaders, object: Representation, method: string): Decision {
  if (!holds(headers, object)) return { kind: 'precondition-failed' };
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, object.etag, 'weak')) return { kind: 'not-modified' };
  const modifiedSince = parseDate(headers['if-modified-since']);
  if (ifNoneMatch === undefined && modifiedSince !== undefined && toSeconds(object.lastModified) <= modifiedSince) {
    return { kind: 'not-modified' };
  }
  const isStaleCopy = ifNoneMatch !== undefined;
  if (method !== 'GET' || headers.range === undefined || !rangeApplies(headers['if-range'], object)) return { kind: 'full', isStaleCopy };
  const range = parseRange(headers.range, object.sizeBytes);
  if (range === 'ignored') return { kind: 'full', isStaleCopy };
  return range === 'unsatisfiable' ? { kind: 'unsatisfiable' } : { kind: 'partial', range, isStaleCopy };
}

function holds(headers: IncomingHttpHeaders, { etag, lastModified }: Representation): boolean {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) return matches(ifMatch, etag, 'strong');
  const unmodifiedSince = parseDate(headers['if-unmodified-since']);
  return unmodifiedSince === undefined || toSeconds(lastModified) <= unmodifiedSince;
}

function matches(header: string, etag: string, comparison: 'weak' | 'strong'): boolean {
  return header.split(',').some((raw) => {
    const candidate = raw.trim();
    if (candidate === '*') return true;
    if (comparison === 'strong' && candidate.startsWith('W/')) return false;
    return unquote(candidate.replace(/^W\//, '')) === unquote(etag.replace(/^W\//, ''));
  });
}

/** Some clients send the tag without its quotes. */
function unquote(tag: string): string {
  return tag.replace(/^"|"$/g, '');
}

function rangeApplies(ifRange: string | string[] | undefined, { etag, lastModified }: Representation): boolean {
  if (typeof ifRange !== 'string') return true;
  const date = parseDate(ifRange);
  return date === undefined ? matches(ifRange, etag, 'strong') : toSeconds(lastModified) === date;
}

/** One range only: several, and inverted ones, are unsatisfiable here, as the protocol has it. Other units are ignored. */
function parseRange(header: string, sizeBytes: number): ByteRange | 'ignored' | 'unsatisfiable' {
  if (!/^bytes\s*=/i.test(header)) return 'ignored';
  const match = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  if (!match) return 'unsatisfiable';
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return 'unsatisfiable';
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return start > end || start >= sizeBytes || (first === '' && Number(last) === 0) ? 'unsatisfiable' : { start, end };
}

function parseDate(header: string | undefined): number | undefined {
  if (header === undefined || header.startsWith('"') || header.startsWith('W/')) return undefined;
  const ms = Date.parse(header);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
