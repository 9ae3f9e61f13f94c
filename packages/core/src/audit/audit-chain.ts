import { hash } from 'node:crypto';
import type { AuditOutcome } from './audit-sink.port.ts';
import type { AuditSeal } from './audit-seal.ts';
import { canonicalJson } from './canonical-json.ts';

/** The last row of a chain. */
export interface AuditHead {
  readonly seq: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** Where a chain begins. */
export const GENESIS: AuditHead = { seq: 0, hash: '0'.repeat(64) };

/** What a row is searched by. Everything here is also in the entry, and only the entry is hashed. */
export interface AuditColumns {
  readonly kind: 'intent' | 'outcome';
  readonly auditId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly operation: string;
  readonly identity: string | null;
  readonly outcome: AuditOutcome['outcome'] | 'interrupted' | null;
  readonly resource: string | null;
  readonly writer: string;
}

/** A row before it has its place: its columns, and the members that only the entry holds. */
export interface AuditDraft {
  readonly columns: AuditColumns;
  readonly members: Readonly<Record<string, unknown>>;
}

/** A row of the trail. */
export interface AuditRow extends AuditColumns, AuditHead {
  /** Canonical JSON of the record. */
  readonly entry: string;
  readonly prevHash: string;
  readonly mac: string;
  readonly keyId: string;
}

/** Hash of a row: the row before it, then the entry, which names its own place. */
export function hashRow(prevHash: string, entry: string): string {
  return hash('sha256', `${prevHash}\n${entry}`);
}

/** Gives drafts their places after `head`. */
export function chainDrafts(head: AuditHead, drafts: readonly AuditDraft[], seal: AuditSeal): readonly AuditRow[] {
  let last = head;
  return drafts.map(({ columns, members }) => {
    const seq = last.seq + 1;
    const { kind, auditId, at, operation, writer } = columns;
    const entry = canonicalJson({ ...members, kind, auditId, at, operation, writer, seq });
    const rowHash = hashRow(last.hash, entry);
    const row = { ...columns, seq, entry, prevHash: last.hash, hash: rowHash, mac: seal.mac(rowHash), keyId: seal.keyId };
    last = row;
    return row;
  });
}
