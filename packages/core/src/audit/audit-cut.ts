import type { AuditHead } from './audit-chain.ts';
import type { AuditSeal } from './audit-seal.ts';
import type { AuditCheckpoint } from './audit-store.port.ts';
import { canonicalJson } from './canonical-json.ts';

/** A signed note that retention removed the rows up to and including this one. */
export interface AuditCut extends AuditHead {
  /** Number of the cut, from 1 without gaps. */
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
  /** Number of the checkpoint that signed this row; the first one that is kept. */
  readonly checkpoint: number;
  /** Signature of the cut before; empty for the first. */
  readonly previous: string;
  readonly signature: string;
  readonly keyId: string;
}

export interface NextCutOptions {
  readonly checkpoint: AuditCheckpoint;
  readonly last: AuditCut | null;
  /** ISO 8601. */
  readonly at: string;
  readonly seal: AuditSeal;
}

/** The cut that follows `last` and ends at a checkpoint. */
export function nextCut({ checkpoint, last, at, seal }: NextCutOptions): AuditCut {
  const { seq, hash, n } = checkpoint;
  const unsigned = { n: (last?.n ?? 0) + 1, seq, hash, at, checkpoint: n, previous: last?.signature ?? '' };
  return { ...unsigned, signature: seal.sign(toText(unsigned)), keyId: seal.keyId };
}

/** Whether our key signed exactly this. */
export function cutIsSigned(cut: AuditCut, seal: AuditSeal): boolean {
  return seal.signatureMatches(toText(cut), cut.signature);
}

/** Names itself, so that no checkpoint passes for a cut. */
function toText({ n, seq, hash, at, checkpoint, previous }: Omit<AuditCut, 'signature' | 'keyId'>): string {
  return canonicalJson({ kind: 'cut', n, seq, hash, at, checkpoint, previous });
}
