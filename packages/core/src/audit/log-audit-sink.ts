import type { OperationLogger } from '../operations/ports.ts';
import type { AuditSink } from './audit-sink.port.ts';

/** Audit trail as structured log records with `audit: intent|outcome`; the log file is the append-only medium. */
export function createLogAuditSink(logger: Pick<OperationLogger, 'info'>): AuditSink {
  return {
    async intent(entry) {
      logger.info({ audit: 'intent', ...entry }, 'operation requested');
    },
    async outcome(entry) {
      logger.info({ audit: 'outcome', ...entry }, 'operation concluded');
    },
  };
}
