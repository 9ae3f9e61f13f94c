import { SupastorError } from '@supastor/contract/errors';

/** Claims of an access token, read without checking its signature. @throws SJ_INPUT_INVALID */
export function readClaims(token: string): Record<string, unknown> {
  const payload = token
    .replace(/^Bearer\s+/i, '')
    .trim()
    .split('.')[1];
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { ...claims };
  } catch {
    // Falls through to the same complaint.
  }
  throw new SupastorError('SJ_INPUT_INVALID', 'token: is not a JSON web token with an object as payload', {
    hint: 'Paste the whole token (three parts with dots between), or give claims instead.',
    meta: { errors: [{ path: 'token', message: 'is not a JSON web token' }] },
  });
}
