import { type AuditDraft, type AuditHead, chainDrafts, GENESIS } from './audit-chain.ts';
import { AuditCompany } from './audit-company.ts';
import type { AuditSeal } from './audit-seal.ts';
import type { AuditStore } from './audit-store.port.ts';

/** Rows per append; more callers than this wait one round longer. */
const MAX_BATCH = 200;
/** How often another process may be faster before an append gives up. */
const MAX_ATTEMPTS = 100;

export interface AuditAppenderOptions {
  readonly store: Pick<AuditStore, 'append' | 'head'>;
  readonly seal: AuditSeal;
  /** The chain in the store ends before a row that this process has seen: rows were cut off. */
  readonly onCut: (known: AuditHead, actual: AuditHead) => void;
  readonly company?: AuditCompany;
}

/** Adds rows to the end of the chain, those that wait together in one go. */
export interface AuditAppender {
  /** Resolves when the row is durable; rejects when that is not certain. */
  append(draft: AuditDraft): Promise<void>;
  /** The furthest head this process has seen. */
  known(): AuditHead;
}

interface Waiting {
  readonly draft: AuditDraft;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createAuditAppender({ store, seal, onCut, company = new AuditCompany() }: AuditAppenderOptions): AuditAppender {
  const queue: Waiting[] = [];
  let pumping = false;
  let head: AuditHead | null = null;
  let known = GENESIS;
  let endGathering: (() => void) | null = null;

  function see(actual: AuditHead): void {
    head = actual;
    if (actual.seq < known.seq || (actual.seq === known.seq && actual.hash !== known.hash)) onCut(known, actual);
    else known = actual;
  }

  async function appendBatch(drafts: readonly AuditDraft[]): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (head === null) see(await store.head());
      const expected = head ?? GENESIS;
      const answer = await store.append(expected, chainDrafts(expected, drafts, seal));
      see(answer.head);
      if (answer.appended) return;
    }
    throw new Error(`the audit trail moved on ${MAX_ATTEMPTS} times while a row was to be added`);
  }

  /** Waits for records that will come soon, until there is nobody left to wait for. */
  async function gather(): Promise<void> {
    const waitMs = company.waitMs();
    if (waitMs === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    endGathering = resolve;
    const timer = setTimeout(resolve, waitMs);
    await promise;
    clearTimeout(timer);
    endGathering = null;
  }

  async function pump(): Promise<void> {
    pumping = true;
    while (queue.length > 0) {
      await gather();
      const batch = queue.splice(0, MAX_BATCH);
      try {
        await appendBatch(batch.map(({ draft }) => draft));
        for (const { draft, resolve } of batch) {
          company.written(draft);
          resolve();
        }
      } catch (error) {
        head = null;
        for (const { reject } of batch) reject(error);
      }
    }
    pumping = false;
  }

  return {
    append(draft) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      queue.push({ draft, resolve, reject });
      company.waits(draft);
      if (company.waitMs() === 0) endGathering?.();
      if (!pumping) void pump();
      return promise;
    },
    known: () => known,
  };
}
