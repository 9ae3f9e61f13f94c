import type { AuditHead } from './audit-chain.ts';
import type { AuditSeal } from './audit-seal.ts';
import type { AuditCheckpoint } from './audit-store.port.ts';
import { canonicalJson } from './canonical-json.ts';

export interface NextCheckpointOptions {
  readonly head: AuditHead;
  readonly last: AuditCheckpoint | null;
  /** ISO 8601. */
  readonly at: string;
  readonly seal: AuditSeal;
}

/** The checkpoint that follows `last` and signs `head`. */
export function nextCheckpoint({ head, last, at, seal }: NextCheckpointOptions): AuditCheckpoint {
  const unsigned = { n: (last?.n ?? 0) + 1, seq: head.seq, hash: head.hash, at, previous: last?.signature ?? '' };
  return { ...unsigned, signature: seal.sign(canonicalJson(unsigned)), keyId: seal.keyId };
}

/** Whether our key signed exactly this. */
export function checkpointIsSigned({ n, seq, hash, at, previous, signature }: AuditCheckpoint, seal: AuditSeal): boolean {
  return seal.signatureMatches(canonicalJson({ n, seq, hash, at, previous }), signature);
}
