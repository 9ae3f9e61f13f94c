import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { type AuditLog, createAuditLog, noAuditLog } from '@supastor/core/audit/audit-log';
import { createAuditSeal } from '@supastor/core/audit/audit-seal';
import type { AuditSink } from '@supastor/core/audit/audit-sink.port';
import { createAuditTrail } from '@supastor/core/audit/audit-trail';
import { createLogAuditSink } from '@supastor/core/audit/log-audit-sink';
import type { Clock, IdSource, OperationLogger } from '@supastor/core/operations/ports';
import { startRetention } from './start-retention.ts';

export interface StartAuditOptions {
  /** Null: the log is the only trail. */
  readonly database: AdminDatabase | null;
  readonly sessionSecret: string;
  /** Null: entries are kept for ever. */
  readonly retentionDays: number | null;
  /** Id of this process. */
  readonly processId: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: OperationLogger;
}

export interface RunningAudit {
  readonly sink: AuditSink;
  readonly log: AuditLog;
  /** Writes and signs what is still open. */
  stop(): Promise<void>;
}

const SETTLE_MS = 1000;
const CHECKPOINT_MS = 10_000;

/** The trail in Postgres, with the log as a second copy. */
export function startAudit({ database, sessionSecret, retentionDays, processId, clock, ids, logger }: StartAuditOptions): RunningAudit {
  const logSink = createLogAuditSink(logger);
  if (!database) return { sink: logSink, log: noAuditLog, stop: async () => {} };
  const seal = createAuditSeal(sessionSecret);
  const trail = createAuditTrail({ store: database.audit, seal, writer: processId, clock, logger });
  const settleTimer = setInterval(() => void trail.settle(), SETTLE_MS);
  const checkpointTimer = setInterval(() => void trail.checkpoint(), CHECKPOINT_MS);
  void trail.settle();
  const log = createAuditLog({ store: database.audit, trail, seal, clock });
  const retention = retentionDays === null ? null : startRetention({ log, trail, days: retentionDays, clock, ids, logger });
  return {
    sink: {
      async intent(entry, options) {
        await trail.intent(entry, options);
        await logSink.intent(entry, options);
      },
      async outcome(entry) {
        await trail.outcome(entry);
        await logSink.outcome(entry);
      },
    },
    log,
    async stop() {
      clearInterval(settleTimer);
      clearInterval(checkpointTimer);
      await retention?.stop();
      await trail.settle();
      await trail.checkpoint();
    },
  };
}
