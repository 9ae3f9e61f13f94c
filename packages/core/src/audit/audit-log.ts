import { SupastorError } from '@supastor/contract/errors';
import type { AuditEntry } from '@supastor/contract/operations/audit';
import { auditIntentRecordSchema, auditOutcomeRecordSchema } from '@supastor/contract/wire/audit-record';
import type { Clock } from '../operations/ports.ts';
import type { AuditHead } from './audit-chain.ts';
import type { AuditSeal } from './audit-seal.ts';
import type { AuditFilter, AuditStore, StoredAuditEntry } from './audit-store.port.ts';
import type { AuditTrail } from './audit-trail.ts';
import { type PruneReport, pruneTrail } from './prune-trail.ts';
import { type TrailReport, verifyTrail } from './verify-trail.ts';

/** Reads and checks the trail. */
export interface AuditLog {
  list(filter: AuditFilter, page: { readonly cursor: number | null; readonly limit: number }): Promise<AuditListing>;
  /** Everything that fits the filter, oldest first. */
  read(filter: AuditFilter, signal: AbortSignal): AsyncIterable<AuditEntry>;
  verify(anchor: AuditHead | null, signal: AbortSignal): Promise<TrailReport & { readonly publicKey: string }>;
  /** Removes what is older than that. @throws SJ_CONFLICT when the trail is not intact */
  prune(ageMs: number, signal: AbortSignal): Promise<PruneReport>;
}

export interface AuditListing {
  readonly entries: readonly AuditEntry[];
  readonly nextCursor: string | null;
}

export interface AuditLogOptions {
  readonly store: AuditStore;
  readonly trail: Pick<AuditTrail, 'known' | 'settle'>;
  readonly seal: AuditSeal;
  readonly clock: Clock;
}

const EXPORT_PAGE = 500;

export function createAuditLog({ store, trail, seal, clock }: AuditLogOptions): AuditLog {
  const verify = async (anchor: AuditHead | null, signal: AbortSignal): Promise<TrailReport> => {
    const { head, cutTo } = trail.known();
    const anchors = [...(head.seq > 0 ? [head] : []), ...(anchor ? [anchor] : [])];
    return verifyTrail({ store, seal, anchors, cutTo, signal });
  };
  return {
    async list(filter, { cursor, limit }) {
      const found = await store.entries(filter, { cursor, limit: limit + 1, order: 'newest' });
      const entries = found.slice(0, limit).map(toEntry);
      return { entries, nextCursor: found.length > limit ? String(entries.at(-1)?.seq ?? 0) : null };
    },
    async *read(filter, signal) {
      for (let cursor: number | null = null; ;) {
        signal.throwIfAborted();
        const found: readonly StoredAuditEntry[] = await store.entries(filter, { cursor, limit: EXPORT_PAGE, order: 'oldest' });
        yield* found.map(toEntry);
        if (found.length < EXPORT_PAGE) return;
        cursor = found.at(-1)?.seq ?? null;
      }
    },
    async verify(anchor, signal) {
      const report = await verify(anchor, signal);
      if (anchor !== null && report.removed !== null && anchor.seq < report.removed.through) throw tooOld(anchor, report.removed.through);
      return { ...report, publicKey: seal.publicKey };
    },
    prune: (ageMs, signal) =>
      pruneTrail({ store, seal, beforeMs: clock.now() - ageMs, nowMs: clock.now(), verify: () => verify(null, signal), signal }),
  };
}

/** Stands in where there is no database: every call says so. */
export const noAuditLog: AuditLog = {
  list: () => Promise.reject(noDatabase()),
  read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(noDatabase()) }) }),
  verify: () => Promise.reject(noDatabase()),
  prune: () => Promise.reject(noDatabase()),
};

function tooOld({ seq }: AuditHead, through: number): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', `The anchor names row ${seq}, but retention has removed the rows up to ${through}.`, {
    hint: 'Use a head that was noted later.',
  });
}

function noDatabase(): SupastorError {
  return new SupastorError(
    'SJ_DATABASE_UNREACHABLE',
    'This server was started without a database, so its audit trail is only in its log.',
    {
      hint: 'Set DATABASE_URL.',
    },
  );
}

/** What can still be read of an entry, also after somebody has tampered with it. */
function toEntry({ auditId, seq, at, operation, resource, intent, outcome }: StoredAuditEntry): AuditEntry {
  const asked = auditIntentRecordSchema.safeParse(parse(intent)).data;
  const ended = auditOutcomeRecordSchema.safeParse(parse(outcome ?? 'null')).data;
  return {
    id: auditId,
    seq,
    at,
    operation,
    resource,
    effect: asked?.effect ?? null,
    identity: asked?.identity ?? null,
    parameters: asked?.parameters ?? null,
    requestId: asked?.requestId ?? null,
    ip: asked?.ip ?? null,
    userAgent: asked?.userAgent ?? null,
    outcome: ended?.outcome ?? null,
    code: ended?.code ?? null,
    durationMs: ended?.durationMs ?? null,
    before: ended?.before ?? null,
    after: ended?.after ?? null,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
