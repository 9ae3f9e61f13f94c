import type { LoginFile } from '@supastor/adapters/credentials/login-file';
import { SupastorError } from '@supastor/contract/errors';
import { sessionRefresh } from '@supastor/contract/operations/session';
import type { OperationClient } from '@supastor/core/operations/client';

/** A token is replaced this long before it ends, so that a command does not outlive it. */
const MARGIN_MS = 60_000;

export interface KeptSession {
  readonly file: LoginFile;
  readonly baseUrl: string;
  /** Without a token. */
  readonly client: OperationClient;
  readonly signal: AbortSignal;
}

/**
 * The bearer token of the session kept for an address; a new one when it is about to end. Null without a session.
 * @throws SJ_UNAUTHENTICATED when the session is over; it is then forgotten
 */
export async function keptToken({ file, baseUrl, client, signal }: KeptSession): Promise<string | null> {
  const kept = file.read().logins[baseUrl];
  if (kept === undefined) return null;
  if (isFresh(kept.tokenExpiresAt)) return kept.token;
  const token = await file.update(async (logins) => {
    const latest = logins.logins[baseUrl];
    // Another command was here first.
    if (latest === undefined || isFresh(latest.tokenExpiresAt)) return { logins, result: latest?.token ?? null };
    const renewed = await renew(client, latest.refreshToken);
    const { [baseUrl]: _over, ...others } = logins.logins;
    if (renewed === null) return { logins: { ...logins, logins: others }, result: null };
    return { logins: { ...logins, logins: { ...others, [baseUrl]: { ...latest, ...renewed } } }, result: renewed.token };
  }, signal);
  if (token !== null) return token;
  throw new SupastorError('SJ_UNAUTHENTICATED', `The session on ${baseUrl} is over.`, { hint: 'supastor login' });
}

async function renew(client: OperationClient, refreshToken: string | null) {
  if (refreshToken === null) return null;
  try {
    const { token, tokenExpiresAt, refreshToken: next } = await client.run(sessionRefresh, { refreshToken });
    return { token, tokenExpiresAt, refreshToken: next };
  } catch (error) {
    if (error instanceof SupastorError && error.code === 'SJ_UNAUTHENTICATED') return null;
    throw error;
  }
}

function isFresh(expiresAt: string): boolean {
  return Date.parse(expiresAt) - Date.now() > MARGIN_MS;
}
