import type { LinkPage, LinkQuery, LinkRevoke } from '@supastor/contract/wire/signed-link';

/**
 * Signed links of a storage server. Both methods may throw SJ_TARGET_UNSUPPORTED when the server does not remember them (the official one
 * does not), SJ_INPUT_INVALID, SJ_UPSTREAM_FAILED, SJ_TIMEOUT.
 */
export interface LinkAdmin {
  list(query: LinkQuery, signal: AbortSignal): Promise<LinkPage>;
  /** How many were alive before. */
  revoke(selection: LinkRevoke, signal: AbortSignal): Promise<{ readonly revoked: number }>;
}
