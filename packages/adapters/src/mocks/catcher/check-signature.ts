import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** `unchecked`: no key is known. `absent`: the request has none. */
export type SignatureVerdict = 'valid' | 'wrong' | 'absent' | 'unchecked';

interface Signed {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Checks `x-supastor-signature`, which is over `timestamp.body`; webhooks of storage and of alerts have it alike. */
export function checkSignature({ headers, body }: Signed, secret: string | null): SignatureVerdict {
  if (secret === null) return 'unchecked';
  const signature = String(headers['x-supastor-signature'] ?? '');
  if (signature === '') return 'absent';
  const timestamp = String(headers['x-supastor-timestamp'] ?? '');
  const expected = Buffer.from(`v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? 'valid' : 'wrong';
}
