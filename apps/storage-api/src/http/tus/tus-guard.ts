import type { IncomingHttpHeaders } from 'node:http';

export const TUS_VERSION = '1.0.0';
export const PART_TYPE = 'application/offset+octet-stream';
const OVERRIDABLE = new Set(['PATCH', 'DELETE', 'HEAD']);

/** A request that the protocol refuses whatever it is about. */
export interface TusRefusal {
  readonly status: number;
  readonly text: string;
}

/** The method that counts: clients whose network lets only POST through name the real one in a header. */
export function effectiveMethod(method: string, headers: IncomingHttpHeaders): string {
  const override = headers['x-http-method-override'];
  if (method !== 'POST' || typeof override !== 'string') return method;
  return OVERRIDABLE.has(override.toUpperCase()) ? override.toUpperCase() : method;
}

/** Whether the body is bytes of the upload. Media types are the same in any case. */
export function isPart(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.trim().toLowerCase() === PART_TYPE;
}

/** What the TUS library answers differently from the specification, or not at all. Null lets the request pass. */
export function refuseEarly(method: string, headers: IncomingHttpHeaders): TusRefusal | null {
  if (method === 'OPTIONS') return null;
  if (headers['tus-resumable'] !== TUS_VERSION) return { status: 412, text: `Tus-Resumable must be ${TUS_VERSION}` };
  if (method !== 'PATCH') return null;
  if (!isPart(headers)) return { status: 415, text: `Content-Type must be ${PART_TYPE}` };
  if (headers['upload-offset'] === undefined) return { status: 400, text: 'Upload-Offset is required' };
  return null;
}
