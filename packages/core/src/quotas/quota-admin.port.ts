import type { Quota, QuotaKey, QuotaLimits } from '@supastor/contract/wire/quota';

/**
 * Quotas of a storage server. Every method may throw SJ_TARGET_UNSUPPORTED when the server has none (the official one does not),
 * SJ_INPUT_INVALID, SJ_NOT_FOUND, SJ_UPSTREAM_FAILED, SJ_TIMEOUT.
 */
export interface QuotaAdmin {
  list(signal: AbortSignal): Promise<readonly Quota[]>;
  set(key: QuotaKey, limits: QuotaLimits, signal: AbortSignal): Promise<Quota>;
  remove(key: QuotaKey, signal: AbortSignal): Promise<void>;
}
