import type { AuditHead, AuditRow } from './audit-chain.ts';
import type { AuditCut } from './audit-cut.ts';

/** A signed note of where the chain was. */
export interface AuditCheckpoint extends AuditHead {
  /** Number of the checkpoint, from 1 without gaps. */
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
  /** Signature of the checkpoint before; empty for the first. */
  readonly previous: string;
  readonly signature: string;
  readonly keyId: string;
}

/** A row as verification reads it. */
export interface StoredAuditRow extends AuditHead {
  readonly entry: string;
  readonly prevHash: string;
  readonly mac: string;
  readonly keyId: string;
  /** The search columns in the form of {@link columnText}. */
  readonly columns: string;
}

export interface AuditFilter {
  readonly identity?: string | undefined;
  readonly operation?: string | undefined;
  readonly outcome?: string | undefined;
  readonly resource?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** An intent with its outcome, if there is one yet, as the trail holds them. */
export interface StoredAuditEntry {
  readonly auditId: string;
  readonly seq: number;
  readonly at: string;
  readonly operation: string;
  readonly resource: string | null;
  readonly intent: string;
  readonly outcome: string | null;
}

export interface AuditPage {
  /** Only intents before this place when newest first, after it when oldest first. */
  readonly cursor: number | null;
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
}

export interface OpenIntent {
  readonly auditId: string;
  readonly operation: string;
  readonly writer: string;
}

/** What may be removed from the beginning of the trail. */
export interface PruneLimit {
  /** Milliseconds since 1970. */
  readonly beforeMs: number;
  /** Whose checkpoints count. */
  readonly keyId: string;
  readonly maxRows: number;
}

/** Keeps the rows of the trail; can add, and remove old ones from the beginning, never change. */
export interface AuditStore {
  head(): Promise<AuditHead>;
  /** Adds all rows or, when the chain has grown past `expected` meanwhile, none; answers the head there is now. */
  append(expected: AuditHead, rows: readonly AuditRow[]): Promise<{ readonly appended: boolean; readonly head: AuditHead }>;
  /** Which of the two rows of each entry exist. */
  kindsOf(auditIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** Intents without outcome whose process is no longer there. */
  abandoned(): Promise<readonly OpenIntent[]>;
  /** Rows after `seq`, in order. */
  rowsAfter(seq: number, limit: number): Promise<readonly StoredAuditRow[]>;
  entries(filter: AuditFilter, page: AuditPage): Promise<readonly StoredAuditEntry[]>;
  checkpoints(): Promise<readonly AuditCheckpoint[]>;
  lastCheckpoint(): Promise<AuditCheckpoint | null>;
  /** Does nothing when another process has added this number first. */
  addCheckpoint(checkpoint: AuditCheckpoint): Promise<void>;
  /** Every cut, in order. */
  cuts(): Promise<readonly AuditCut[]>;
  /** The furthest checkpoint up to which rows may go; null when there is none. Never that of the last row. */
  prunable(limit: PruneLimit): Promise<AuditCheckpoint | null>;
  /** Removes the rows that a cut covers, and the checkpoints before its own; answers how many rows, 0 when another cut came first. */
  prune(cut: AuditCut): Promise<number>;
}

/** The search columns as one text, to compare them with what the entry says. */
export function columnText(columns: readonly unknown[]): string {
  return columns.map((column) => (typeof column === 'string' || typeof column === 'number' ? `=${column}` : '-')).join('\u001f');
}
