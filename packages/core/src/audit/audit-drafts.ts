import type { AuditDraft } from './audit-chain.ts';
import type { AuditIntent, AuditOutcome } from './audit-sink.port.ts';
import type { OpenIntent } from './audit-store.port.ts';

/** The row to be of an intent. */
export function draftIntent(intent: AuditIntent, writer: string): AuditDraft {
  const { auditId, at, operation, effect, identity, resource, parameters, requestId, ip, userAgent } = intent;
  return {
    columns: { kind: 'intent', auditId, at, operation, identity: identity?.email ?? null, outcome: null, resource, writer },
    members: { effect, identity, resource, parameters, requestId, ip, userAgent },
  };
}

/** The row to be of an outcome. */
export function draftOutcome(result: AuditOutcome, writer: string): AuditDraft {
  const { auditId, at, operation, outcome, code, durationMs, change } = result;
  return {
    columns: { kind: 'outcome', auditId, at, operation, identity: null, outcome, resource: null, writer },
    members: { outcome, code, durationMs, before: change.before, after: change.after },
  };
}

/** The row to be that closes an intent whose process died. */
export function draftInterrupted({ auditId, operation }: OpenIntent, at: string, writer: string): AuditDraft {
  return {
    columns: { kind: 'outcome', auditId, at, operation, identity: null, outcome: 'interrupted', resource: null, writer },
    members: { outcome: 'interrupted', code: 'SJ_INTERRUPTED', durationMs: null },
  };
}
