import { SupastorError } from '@supastor/contract/errors';
import type { Clock, OperationLogger } from '../operations/ports.ts';
import type { AuditHead } from './audit-chain.ts';
import { createAuditAppender } from './audit-appender.ts';
import { nextCheckpoint } from './audit-checkpoint.ts';
import { draftInterrupted, draftIntent, draftOutcome } from './audit-drafts.ts';
import type { AuditSeal } from './audit-seal.ts';
import type { AuditIntent, AuditOutcome, AuditSink } from './audit-sink.port.ts';
import type { AuditStore } from './audit-store.port.ts';

/** Records kept back while the store is out of reach; with more than this, deferrable operations are refused as well. */
const MAX_DEFERRED = 10_000;
/** How often to look for intents that a dead process left open. */
const SWEEP_EVERY_MS = 5000;

export interface AuditTrailOptions {
  readonly store: AuditStore;
  readonly seal: AuditSeal;
  /** Id of this process. */
  readonly writer: string;
  readonly clock: Clock;
  readonly logger: OperationLogger;
}

/** The trail of this process over a store. Call `settle` every second or so, `checkpoint` every few, and both before the end. */
export interface AuditTrail extends AuditSink {
  /** Writes what had to wait, and closes the intents of processes that died. Never throws. */
  settle(): Promise<void>;
  /** Signs where the chain is, when it has grown. Never throws. */
  checkpoint(): Promise<void>;
  /** The furthest head this process has seen, and the one it found instead if rows were cut off since. */
  known(): { readonly head: AuditHead; readonly cutTo: AuditHead | null };
}

type Deferred = { readonly intent: AuditIntent } | { readonly outcome: AuditOutcome };

export function createAuditTrail({ store, seal, writer, clock, logger }: AuditTrailOptions): AuditTrail {
  let cutTo: AuditHead | null = null;
  const appender = createAuditAppender({
    store,
    seal,
    onCut(known, actual) {
      if (cutTo === null) logger.error({ known, actual }, 'rows at the end of the audit trail are gone');
      cutTo ??= actual;
    },
  });
  let deferred: Deferred[] = [];
  /** Intents that were refused, yet may have reached the store. */
  let doubtful: AuditIntent[] = [];
  let sweptAtMs = 0;
  let settling: Promise<void> | null = null;

  async function writeDeferred(): Promise<void> {
    if (deferred.length === 0 && doubtful.length === 0) return;
    const existing = await store.kindsOf([...deferred.map(idOf), ...doubtful.map(({ auditId }) => auditId)]);
    const has = (auditId: string, kind: string) => existing.get(auditId)?.has(kind) === true;
    for (const intent of doubtful.splice(0)) {
      if (!has(intent.auditId, 'intent') || has(intent.auditId, 'outcome')) continue;
      const { auditId, operation } = intent;
      const at = new Date(clock.now()).toISOString();
      deferred.push({ outcome: { auditId, at, operation, outcome: 'failed', code: 'SJ_AUDIT_UNAVAILABLE', durationMs: 0, change: {} } });
    }
    while (deferred.length > 0) {
      const [item] = deferred;
      if (!item) return;
      const kind = 'intent' in item ? 'intent' : 'outcome';
      if (!has(idOf(item), kind)) {
        await appender.append('intent' in item ? draftIntent(item.intent, writer) : draftOutcome(item.outcome, writer));
      }
      deferred.shift();
    }
  }

  async function closeAbandoned(): Promise<void> {
    if (clock.now() - sweptAtMs < SWEEP_EVERY_MS) return;
    const open = (await store.abandoned()).filter((intent) => intent.writer !== writer);
    const at = new Date(clock.now()).toISOString();
    const own = open.map((intent) => appender.append(draftInterrupted(intent, at, writer)));
    await Promise.all(own);
    sweptAtMs = clock.now();
    if (open.length > 0) logger.warn({ count: open.length }, 'operations of a process that died are marked interrupted');
  }

  return {
    async intent(entry, { deferrable }) {
      try {
        await appender.append(draftIntent(entry, writer));
      } catch (error) {
        if (!deferrable || deferred.length >= MAX_DEFERRED) {
          if (doubtful.length < MAX_DEFERRED) doubtful.push(entry);
          throw unavailable(error);
        }
        deferred.push({ intent: entry });
      }
    },
    async outcome(entry) {
      try {
        const waits = deferred.some((item) => 'intent' in item && item.intent.auditId === entry.auditId);
        if (waits) deferred.push({ outcome: entry });
        else await appender.append(draftOutcome(entry, writer));
      } catch (error) {
        logger.warn({ err: error, auditId: entry.auditId }, 'an outcome waits for the audit trail');
        deferred.push({ outcome: entry });
      }
    },
    settle() {
      settling ??= writeDeferred()
        .then(closeAbandoned)
        .catch((error: unknown) => logger.debug({ err: error }, 'the audit trail cannot be settled yet'))
        .finally(() => (settling = null));
      return settling;
    },
    async checkpoint() {
      try {
        const head = appender.known();
        const last = head.seq === 0 ? null : await store.lastCheckpoint();
        if (cutTo !== null || head.seq === 0 || (last !== null && last.seq >= head.seq && last.keyId === seal.keyId)) return;
        const checkpoint = nextCheckpoint({ head, last, at: new Date(clock.now()).toISOString(), seal });
        await store.addCheckpoint(checkpoint);
        logger.info({ audit: 'checkpoint', ...checkpoint }, 'audit trail signed');
      } catch (error) {
        logger.debug({ err: error }, 'the audit trail cannot be signed yet');
      }
    },
    known: () => ({ head: appender.known(), cutTo }),
  };
}

function unavailable(cause: unknown): SupastorError {
  return new SupastorError('SJ_AUDIT_UNAVAILABLE', 'The audit trail cannot be written, so nothing was changed.', {
    hint: 'Reading goes on. See whether Postgres runs: `supastor status`; then try again.',
    cause,
  });
}

function idOf(item: Deferred): string {
  return 'intent' in item ? item.intent.auditId : item.outcome.auditId;
}
