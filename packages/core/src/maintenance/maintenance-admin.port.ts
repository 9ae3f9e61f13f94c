import type {
  AdoptedBytes,
  DamagedVersion,
  ImportOptions,
  MaintenanceRun,
  QuarantineEntry,
  QuarantineRestored,
  ScanOptions,
  ScrubOptions,
} from '@supastor/contract/wire/maintenance';

/**
 * Scans, scrubs, imports and quarantine of a storage server. Every method may throw SJ_TARGET_UNSUPPORTED when the server has none (the
 * official one does not), SJ_INPUT_INVALID, SJ_NOT_FOUND, SJ_CONFLICT, SJ_UPSTREAM_FAILED, SJ_TIMEOUT.
 */
export interface MaintenanceAdmin {
  scan(options: ScanOptions, signal: AbortSignal): Promise<MaintenanceRun>;
  scrub(options: ScrubOptions, signal: AbortSignal): Promise<MaintenanceRun>;
  import(options: ImportOptions, signal: AbortSignal): Promise<MaintenanceRun>;
  /** With up to `limit` of the failures. */
  adopted(limit: number, signal: AbortSignal): Promise<AdoptedBytes>;
  /** Newest first. */
  runs(limit: number, signal: AbortSignal): Promise<readonly MaintenanceRun[]>;
  get(id: string, signal: AbortSignal): Promise<MaintenanceRun>;
  cancel(id: string, signal: AbortSignal): Promise<MaintenanceRun>;
  damaged(limit: number, signal: AbortSignal): Promise<readonly DamagedVersion[]>;
  quarantine(
    query: { readonly runId?: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly QuarantineEntry[]>;
  restore(ids: readonly string[], signal: AbortSignal): Promise<QuarantineRestored>;
}
