import { SupastorError } from '@supastor/contract/errors';
import { checkpointIsSigned } from './audit-checkpoint.ts';
import { type AuditCut, nextCut } from './audit-cut.ts';
import type { AuditSeal } from './audit-seal.ts';
import type { AuditStore } from './audit-store.port.ts';
import type { TrailReport } from './verify-trail.ts';

/** Rows that one statement removes. */
const MAX_ROWS = 20_000;

export interface PruneTrailOptions {
  readonly store: Pick<AuditStore, 'cuts' | 'prunable' | 'prune'>;
  readonly seal: AuditSeal;
  /** Rows written before this are removed, in milliseconds since 1970. */
  readonly beforeMs: number;
  readonly nowMs: number;
  readonly verify: () => Promise<TrailReport>;
  readonly signal: AbortSignal;
}

export interface PruneReport {
  readonly removed: number;
  /** The last row that is gone; null when none ever was removed. */
  readonly through: number | null;
}

/**
 * Removes old rows from the beginning of the trail, up to a checkpoint that our key signed, and leaves a signed cut.
 * A trail that is not intact is left alone: its rows are evidence.
 * @throws SJ_CONFLICT
 */
export async function pruneTrail({ store, seal, beforeMs, nowMs, verify, signal }: PruneTrailOptions): Promise<PruneReport> {
  let last: AuditCut | null = (await store.cuts()).at(-1) ?? null;
  let removed = 0;
  let isVerified = false;
  for (;;) {
    signal.throwIfAborted();
    const checkpoint = await store.prunable({ beforeMs, keyId: seal.keyId, maxRows: MAX_ROWS });
    if (checkpoint === null || !checkpointIsSigned(checkpoint, seal)) break;
    if (!isVerified) requireIntact(await verify());
    isVerified = true;
    const cut: AuditCut = nextCut({ checkpoint, last, at: new Date(nowMs).toISOString(), seal });
    const gone = await store.prune(cut);
    // Another server was faster; it does the rest.
    if (gone === 0) break;
    removed += gone;
    last = cut;
  }
  return { removed, through: last?.seq ?? null };
}

function requireIntact({ firstBad }: TrailReport): void {
  if (firstBad === null) return;
  throw new SupastorError('SJ_CONFLICT', `The audit trail is not intact, so nothing is removed from it: ${firstBad.detail}`, {
    hint: 'Export it and find out what happened: supastor audit verify',
  });
}
