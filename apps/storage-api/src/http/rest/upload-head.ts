import type { FastifyRequest } from 'fastify';
import { failures } from '../../errors.ts';

const PRINTABLE = /^[\x20-\x7e]*$/;
const MAX_USER_METADATA_BYTES = 1_000_000;

/**
 * User metadata from a header (JSON in base64) or a form field (JSON).
 * @throws ProtocolError InvalidRequest when it is not a JSON object
 */
export function parseUserMetadata(
  value: string | string[] | undefined,
  encoding: 'base64' | 'utf8',
): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'string' || value === '') return null;
  const json = Buffer.from(value, encoding);
  if (json.length > MAX_USER_METADATA_BYTES) throw failures.tooLarge('user metadata');
  const parsed = parseJson(json.toString('utf8'));
  if (!isRecord(parsed)) throw failures.invalidRequest('metadata must be a JSON object');
  return parsed;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw failures.invalidRequest('metadata must be valid JSON');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that may become a response header later. @throws ProtocolError InvalidRequest */
export function sendable(name: string, value: string): string {
  if (!PRINTABLE.test(value)) throw failures.invalidRequest(`${name} contains characters that no header may have`);
  return value;
}

/** Length the client announced, or undefined for a chunked body. */
export function announcedLength(request: FastifyRequest): number | undefined {
  const length = request.headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** The digest of `Content-MD5`, or undefined. @throws ProtocolError InvalidChecksum when it is not one */
export function expectedMd5(request: FastifyRequest): Buffer | undefined {
  const header = request.headers['content-md5'];
  if (typeof header !== 'string') return undefined;
  const digest = Buffer.from(header, 'base64');
  if (digest.length !== 16) throw failures.invalidChecksum('The Content-MD5 you specified is not valid');
  return digest;
}
