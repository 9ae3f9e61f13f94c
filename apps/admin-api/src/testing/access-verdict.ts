interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * `yes`: let through, whatever came of it. `denied`: the identity does not hold the permission for this. `hidden`: as if it did not exist.
 * `no session`: nobody is signed in. `no account`: an API key asked for what only people have.
 */
export type Verdict = 'yes' | 'denied' | 'hidden' | 'no session' | 'no account';

/** What an answer says about whether whoever asked was let through. */
export function verdictOf({ status, body }: Answer): Verdict {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : '';
  if (status === 401 && detail === 'This needs a valid session.') return 'no session';
  if (status === 403 && /does not hold the permission|for some buckets only|^This needs the permission /.test(detail)) return 'denied';
  if (status === 404 && detail === 'There is no such bucket or object.') return 'hidden';
  return detail.startsWith('An API key has no ') ? 'no account' : 'yes';
}

/** Routes that are no operations, and who is let in. What their requests run, if anything, is authorised by itself. */
export const OTHER_ROUTES: Readonly<Record<string, 'everybody' | 'signed in' | 'metrics:read'>> = {
  'GET /': 'everybody',
  'GET /*': 'everybody',
  'GET /.well-known/jwks.json': 'everybody',
  'GET /api/v1/events': 'signed in',
  'GET /api/v1/graphql': 'everybody',
  'GET /api/v1/openapi.json': 'everybody',
  'GET /docs': 'everybody',
  'GET /docs/init.js': 'everybody',
  'GET /docs/swagger-ui-bundle.js': 'everybody',
  'GET /docs/swagger-ui.css': 'everybody',
  'GET /health/live': 'everybody',
  'GET /health/ready': 'everybody',
  'GET /index.html': 'everybody',
  'GET /metrics': 'metrics:read',
  'POST /api/v1/batch': 'signed in',
  'POST /api/v1/graphql': 'everybody',
};
