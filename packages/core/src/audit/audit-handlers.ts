import { auditExport, auditList, auditPrune, auditVerify } from '@supastor/contract/operations/audit';
import type { OperationContext } from '../operations/context.ts';
import { implement, implementStream } from '../operations/implement.ts';
import type { AuditHead } from './audit-chain.ts';
import type { AuditLog } from './audit-log.ts';

type Context = OperationContext<{ readonly auditLog: AuditLog }>;

const DAY_MS = 86_400_000;

export const auditHandlers = {
  'audit.list': implement(auditList, async ({ cursor, limit, ...filter }, { deps }: Context) => {
    const { entries, nextCursor } = await deps.auditLog.list(filter, { cursor: cursor === undefined ? null : Number(cursor), limit });
    return { entries: [...entries], nextCursor };
  }),

  'audit.verify': implement(auditVerify, async ({ anchor }, { deps, signal }: Context) => {
    const startedMs = performance.now();
    const { head, firstBad, ...counts } = await deps.auditLog.verify(parseAnchor(anchor), signal);
    const durationMs = Math.round(performance.now() - startedMs);
    return { ...counts, intact: firstBad === null, head: head && `${head.seq}:${head.hash}`, firstBad, durationMs };
  }),

  'audit.prune': implement(auditPrune, ({ olderThanDays }, { deps, signal }: Context) =>
    deps.auditLog.prune(olderThanDays * DAY_MS, signal),
  ),

  'audit.export': implementStream(auditExport, ({ format: _format, ...filter }, { deps, signal }: Context) =>
    deps.auditLog.read(filter, signal),
  ),
};

function parseAnchor(anchor: string | undefined): AuditHead | null {
  const [seq, hash] = anchor?.split(':') ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}
