import { SupastorError } from '@supastor/contract/errors';
import { auditPrune } from '@supastor/contract/operations/audit';
import type { AuditLog } from '@supastor/core/audit/audit-log';
import type { AuditSink } from '@supastor/core/audit/audit-sink.port';
import type { Clock, IdSource, OperationLogger } from '@supastor/core/operations/ports';

export interface StartRetentionOptions {
  readonly log: Pick<AuditLog, 'prune'>;
  /** Where each removal is recorded. */
  readonly trail: AuditSink;
  readonly days: number;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: OperationLogger;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;

/** Removes entries as they grow older than `days`, of any number of servers one at a time. A removal is an entry of the trail itself. */
export function startRetention({ log, trail, days, clock, ids, logger, everyMs = EVERY_MS }: StartRetentionOptions) {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    const startedMs = clock.now();
    try {
      const report = await log.prune(days * DAY_MS, ending.signal);
      if (report.removed > 0) await record('done', null, startedMs, report);
    } catch (error) {
      if (ending.signal.aborted) return;
      logger.error({ err: error }, 'old entries of the audit trail cannot be removed');
      if (error instanceof SupastorError && error.code === 'SJ_CONFLICT')
        await record('failed', error, startedMs, {}).catch(() => undefined);
    }
  }

  async function record(outcome: 'done' | 'failed', error: SupastorError | null, startedMs: number, after: unknown): Promise<void> {
    const auditId = ids.next();
    const { name: operation, effect } = auditPrune;
    const at = new Date(startedMs).toISOString();
    const parameters = { olderThanDays: days };
    const nobody = { identity: null, resource: null, ip: '', userAgent: 'retention' };
    await trail.intent({ auditId, at, operation, effect, parameters, requestId: auditId, ...nobody }, { deferrable: true });
    const [code, durationMs] = [error?.code ?? null, clock.now() - startedMs];
    await trail.outcome({ auditId, at: new Date(clock.now()).toISOString(), operation, outcome, code, durationMs, change: { after } });
  }

  const look = () => {
    running = running.then(run);
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      ending.abort();
      await running;
    },
  };
}
